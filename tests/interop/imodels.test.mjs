/** iModels in every way the clients create, copy, list and change them. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { all, as, authoring, authorization, deleteLater, file, fresh, iTwinId, makeIModel, management, pages, push, secondITwinId } from "./clients.mjs";

const extent = { southWest: { latitude: 46.1, longitude: 7.1 }, northEast: { latitude: 46.3, longitude: 7.7 } };

test("an empty iModel is created at once, read, changed and deleted", async () => {
  const name = fresh("empty");
  const created = await makeIModel({ name, description: "made by a client", extent });
  assert.equal(created.state, "initialized");
  assert.deepEqual([created.name, created.description, created.extent], [name, "made by a client", extent]);
  const creator = await created.getCreator();
  assert.ok(creator.givenName);

  const iModelProperties = { name: fresh("changed"), description: "changed" };
  const changed = await management.iModels.update({ authorization, iModelId: created.id, iModelProperties });
  assert.equal(changed.name, iModelProperties.name);
  const read = await management.iModels.getSingle({ authorization, iModelId: created.id });
  assert.equal(read.description, "changed");
  assert.deepEqual(read.extent, extent);

  await management.iModels.delete({ authorization, iModelId: created.id });
  await assert.rejects(management.iModels.getSingle({ authorization, iModelId: created.id }), { code: "iModelNotFound" });
});

test("an empty iModel with a coordinate system waits for the service to make it", async () => {
  const made = await makeIModel({
    creationMode: "empty",
    geographicCoordinateSystem: { horizontalCRSId: "EPSG:25832" },
  });
  assert.equal(made.state, "initialized");
  const operation = await management.operations.getCreateIModelDetails({ authorization, iModelId: made.id });
  assert.equal(operation.state, "successful");
});

test("an iModel is made from a template, whole and at a changeset", async () => {
  const template = await makeIModel();
  const { briefcaseId } = await authoring.briefcases.acquire({ authorization, iModelId: template.id });
  const [first] = await push(template.id, briefcaseId, 2);
  for (const changesetId of [undefined, first.id]) {
    const made = await management.iModels.createFromTemplate({
      authorization,
      iModelProperties: { iTwinId, name: fresh("templated"), template: { iModelId: template.id, changesetId } },
    });
    deleteLater(made.id);
    assert.equal(made.state, "initialized");
    assert.deepEqual(await all(management.changesets.getMinimalList({ authorization, iModelId: made.id })), []);
  }
});

test("an iModel is made from a baseline file", async () => {
  const { filePath, bytes } = file(4096);
  const made = await authoring.iModels.createFromBaseline({
    authorization,
    iModelProperties: { iTwinId, name: fresh("baseline"), filePath },
  });
  deleteLater(made.id);
  assert.equal(made.state, "initialized");
  const baseline = await authoring.baselineFiles.getSingle({ authorization, iModelId: made.id });
  assert.equal(baseline.state, "initialized");
  assert.equal(baseline.fileSize, bytes.length);
});

for (const [word, point] of [
  ["at its end", () => ({})],
  ["at a changeset's id", (pushed) => ({ changesetId: pushed[1].id })],
  ["at a changeset's index", () => ({ changesetIndex: 2 })],
  ["at its baseline", () => ({ changesetId: "" })],
]) {
  test(`an iModel is cloned ${word} into another iTwin`, async () => {
    const source = await makeIModel();
    const { briefcaseId } = await authoring.briefcases.acquire({ authorization, iModelId: source.id });
    const pushed = await push(source.id, briefcaseId, 3);
    const iModelProperties = { iTwinId: secondITwinId, name: fresh("clone"), ...point(pushed) };
    const clone = await management.iModels.clone({ authorization, iModelId: source.id, iModelProperties });
    deleteLater(clone.id);
    assert.deepEqual([clone.state, clone.iTwinId, clone.name], ["initialized", secondITwinId, iModelProperties.name]);
    const expected = { changesetId: iModelProperties.changesetId === "" ? 0 : 2, changesetIndex: 2 };
    const count = Object.keys(point(pushed)).map((key) => expected[key])[0] ?? 3;
    const changesets = await all(management.changesets.getMinimalList({ authorization, iModelId: clone.id }));
    assert.deepEqual(changesets.map(({ id }) => id), pushed.slice(0, count).map(({ id }) => id));
  });
}

for (const preserveHistory of [true, false]) {
  test(`an iModel is forked ${preserveHistory ? "with" : "without"} its history`, async () => {
    const source = await makeIModel();
    const { briefcaseId } = await authoring.briefcases.acquire({ authorization, iModelId: source.id });
    const pushed = await push(source.id, briefcaseId, 2);
    const fork = await management.iModels.fork({
      authorization,
      iModelId: source.id,
      iModelProperties: { iTwinId, name: fresh("fork"), preserveHistory },
    });
    deleteLater(fork.id);
    assert.equal(fork.state, "initialized");
    const changesets = await all(management.changesets.getMinimalList({ authorization, iModelId: fork.id }));
    assert.equal(changesets.length >= pushed.length, preserveHistory);
  });
}

test("lists page, filter, search and order", async () => {
  const stem = fresh("listed");
  const made = [];
  for (const letter of ["b", "a", "c"]) made.push(await makeIModel({ name: `${stem} ${letter}` }));
  const urlParams = { iTwinId, $search: stem, $top: 2, $orderBy: [{ property: "name", operator: "desc" }] };
  const found = await pages(management.iModels.getMinimalList({ authorization, urlParams }));
  assert.deepEqual(found.map((page) => page.map(({ displayName }) => displayName.slice(-1))), [["c", "b"], ["a"]]);
  const [named] = await all(
    management.iModels.getRepresentationList({ authorization, urlParams: { iTwinId, name: made[0].name } }),
  );
  assert.equal(named.id, made[0].id);
  assert.ok((await named.getCreator()).id);
});

test("what another user may not see is not found", async () => {
  const { id: iModelId } = await makeIModel();
  await assert.rejects(management.iModels.getSingle({ authorization: as("outsider"), iModelId }), (error) =>
    ["iModelNotFound", "InsufficientPermissions"].includes(error.code),
  );
});
