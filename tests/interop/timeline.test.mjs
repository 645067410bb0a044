/** Changesets, their groups and extended data, named versions and checkpoints. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { all, authoring, authorization, file, changesetId, folder, fresh, makeIModel, management, pages, push, second } from "./clients.mjs";

let iModelId;
let briefcaseId;
let pushed;

before(async () => {
  iModelId = (await makeIModel()).id;
  ({ briefcaseId } = await authoring.briefcases.acquire({ authorization, iModelId }));
  pushed = await push(iModelId, briefcaseId, 5, {
    description: "pushed by a client",
    containingChanges: 3,
    synchronizationInfo: { taskId: "7b2f3c4d-0000-4000-8000-1234567890ab", changedFiles: ["a.dgn"] },
  });
});

test("what is pushed is read back, single by id and by index, and in lists", async () => {
  for (const [number, { id, bytes, changeset }] of pushed.entries()) {
    assert.deepEqual([changeset.state, changeset.index], ["fileUploaded", number + 1]);
    for (const which of [{ changesetId: id }, { changesetIndex: number + 1 }]) {
      const read = await management.changesets.getSingle({ authorization, iModelId, ...which });
      assert.deepEqual([read.id, read.fileSize, read.briefcaseId], [id, bytes.length, briefcaseId]);
      assert.equal(read.parentId, number ? pushed[number - 1].id : "");
      assert.ok((await read.getCreator()).id);
      await read.getNamedVersion();
      await read.getCurrentOrPrecedingCheckpoint();
    }
  }
  const urlParams = { afterIndex: 1, lastIndex: 4, $top: 2, $orderBy: [{ property: "index", operator: "desc" }] };
  const found = await pages(management.changesets.getRepresentationList({ authorization, iModelId, urlParams }));
  assert.deepEqual(found.map((page) => page.map(({ index }) => index)), [[4, 3], [2]]);
});

test("times rise strictly from one changeset to the next", () => {
  const times = pushed.map(({ changeset }) => Date.parse(changeset.pushDateTime));
  for (const [number, time] of times.entries()) if (number) assert.ok(time > times[number - 1]);
});

test("the bytes of a changeset come back, one alone and all in parallel", async () => {
  const targetDirectoryPath = join(folder, "one");
  const one = await authoring.changesets.downloadSingle({ authorization, iModelId, changesetIndex: 2, targetDirectoryPath });
  assert.deepEqual(readFileSync(one.filePath), pushed[1].bytes);
  let told = 0;
  const downloaded = await authoring.changesets.downloadList({
    authorization,
    iModelId,
    targetDirectoryPath: join(folder, "all"),
    progressCallback: (bytes) => (told = Math.max(told, bytes)),
  });
  assert.equal(downloaded.length, pushed.length);
  for (const { id, bytes } of pushed) {
    assert.deepEqual(readFileSync(downloaded.find((changeset) => changeset.id === id).filePath), bytes);
  }
  assert.equal(told, pushed.reduce((sum, { bytes }) => sum + bytes.length, 0));
});

test("a push on an old parent is refused as the clients expect", async () => {
  const { filePath } = file();
  const changesetProperties = { briefcaseId, id: changesetId(), parentId: pushed[0].id, filePath };
  const refused = authoring.changesets.create({ authorization, iModelId, changesetProperties });
  await assert.rejects(refused, { code: "NewerChangesExist" });
});

test("a group collects changesets and is closed", async () => {
  const { id: own } = await makeIModel();
  const { briefcaseId: one } = await authoring.briefcases.acquire({ authorization, iModelId: own });
  const group = await authoring.changesetGroups.create({
    authorization,
    iModelId: own,
    changesetGroupProperties: { description: "together" },
  });
  assert.equal(group.state, "inProgress");
  const [{ changeset }] = await push(own, one, 1, { groupId: group.id });
  assert.equal(changeset.groupId, group.id);
  const closed = await authoring.changesetGroups.update({
    authorization,
    iModelId: own,
    changesetGroupId: group.id,
    changesetGroupProperties: { state: "completed" },
  });
  assert.equal(closed.state, "completed");
  const listed = await all(management.changesetGroups.getList({ authorization, iModelId: own }));
  assert.deepEqual(listed.map(({ id, state }) => [id, state]), [[group.id, "completed"]]);
  const read = await management.changesetGroups.getSingle({ authorization, iModelId: own, changesetGroupId: group.id });
  assert.equal(read.description, "together");
  assert.ok((await read.getCreator()).id);
});

test("extended data of a changeset is written once and read back", async () => {
  const data = { origin: "client", parts: [1, 2, 3] };
  await authoring.changesetExtendedData.create({
    authorization,
    iModelId,
    changesetIndex: 1,
    changesetExtendedDataProperties: { data },
  });
  const read = await management.changesetExtendedData.getSingle({ authorization, iModelId, changesetId: pushed[0].id });
  assert.deepEqual([read.changesetIndex, read.data], [1, data]);
  const listed = await all(management.changesetExtendedData.getList({ authorization, iModelId }));
  assert.deepEqual(listed.map(({ changesetId, data }) => [changesetId, data]), [[pushed[0].id, data]]);
  await assert.rejects(
    management.changesetExtendedData.getSingle({ authorization, iModelId, changesetIndex: 2 }),
    { code: "ChangesetExtendedDataNotFound" },
  );
});

test("a named version is made, found, renamed and hidden", async () => {
  const name = fresh("version");
  const made = await management.namedVersions.create({
    authorization,
    iModelId,
    namedVersionProperties: { name, description: "first", changesetId: pushed[2].id },
  });
  assert.deepEqual([made.name, made.changesetIndex, made.state], [name, 3, "visible"]);
  const urlParams = { name };
  const [minimal] = await all(management.namedVersions.getMinimalList({ authorization, iModelId, urlParams }));
  assert.equal(minimal.id, made.id);
  const namedVersionProperties = { name: fresh("renamed"), state: "hidden" };
  const one = { authorization, iModelId, namedVersionId: made.id };
  const changed = await management.namedVersions.update({ ...one, namedVersionProperties });
  assert.deepEqual([changed.name, changed.state], [namedVersionProperties.name, "hidden"]);
  const read = await management.namedVersions.getSingle(one);
  assert.equal(read.description, "first");
  assert.equal((await read.getChangeset()).id, pushed[2].id);
  assert.ok((await read.getCreator()).id);
  const hidden = await all(
    management.namedVersions.getRepresentationList({ authorization, iModelId, urlParams: { state: "hidden" } }),
  );
  assert.ok(hidden.some(({ id }) => id === made.id));
  // The client cannot name this code; it keeps the answer in its message.
  const again = management.namedVersions.create({ authorization, iModelId, namedVersionProperties });
  await assert.rejects(again, { statusCode: 409, message: /NamedVersionExists/ });
});

test("checkpoints are found by changeset, by version and as the latest, and restarted", async () => {
  const version = await management.namedVersions.create({
    authorization: second,
    iModelId,
    namedVersionProperties: { name: fresh("checkpoint"), changesetId: pushed[3].id },
  });
  const namedVersionId = version.id;
  for (const which of [{ namedVersionId }, { changesetIndex: 4 }, { changesetId: pushed[3].id }, {}]) {
    const checkpoint = await until(() => management.checkpoints.getSingle({ authorization, iModelId, ...which }));
    assert.ok(checkpoint.changesetIndex <= 4);
    assert.match(checkpoint._links.download.href, /^https?:/);
  }
  const restarted = await management.checkpoints.updateNamedVersionCheckpoint({ authorization, iModelId, namedVersionId });
  assert.ok(["scheduled", "successful"].includes(restarted.state));
});

/** Ask until the checkpoint is made; the clock of the mock is quick. */
async function until(ask) {
  for (let times = 0; times < 50; times++) {
    const checkpoint = await ask();
    if (checkpoint.state === "successful") return checkpoint;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("the checkpoint was not made in time");
}
