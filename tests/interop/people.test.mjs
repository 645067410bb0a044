/** Users, permissions, thumbnails, favourites, recents, and errors as the clients map them. */

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { all, as, authoring, authorization, fresh, iTwinId, makeIModel, management, pages, push } from "./clients.mjs";

const PNG = [0x89, 0x50, 0x4e, 0x47];
let iModelId;

before(async () => {
  iModelId = (await makeIModel()).id;
});

test("users are listed with what they did", async () => {
  const { briefcaseId, ownerId: userId } = await authoring.briefcases.acquire({ authorization, iModelId });
  await push(iModelId, briefcaseId, 2);
  const me = await management.users.getSingle({ authorization, iModelId, userId });
  assert.equal(me.statistics.pushedChangesetsCount, 2);
  const urlParams = { $top: 1, $orderBy: [{ property: "surname" }] };
  const listed = (await pages(management.users.getRepresentationList({ authorization, iModelId, urlParams }))).flat();
  assert.ok(listed.some(({ id }) => id === userId));
  assert.equal((await all(management.users.getMinimalList({ authorization, iModelId }))).length, listed.length);
});

test("permissions are those of the user who asks", async () => {
  const { permissions } = await management.userPermissions.get({ authorization, iModelId });
  assert.ok(permissions.includes("imodels_manage"));
  const reader = await management.userPermissions.get({ authorization: as("reader"), iModelId });
  assert.ok(!reader.permissions.includes("imodels_write"));
});

test("a thumbnail is there from the start, in two sizes, and can be replaced", async () => {
  const small = await management.thumbnails.download({ authorization, iModelId });
  const large = await management.thumbnails.download({ authorization, iModelId, urlParams: { size: "large" } });
  for (const { image } of [small, large]) assert.deepEqual([...new Uint8Array(image).slice(0, 4)], PNG);
  const image = new Uint8Array(large.image);
  await management.thumbnails.upload({ authorization, iModelId, thumbnailProperties: { imageType: "image/png", image } });
  const own = await management.thumbnails.download({ authorization, iModelId, urlParams: { size: "large" } });
  assert.deepEqual([...new Uint8Array(own.image).slice(0, 4)], PNG);
  const wrong = { imageType: "image/png", image: new Uint8Array([1, 2, 3]) };
  await assert.rejects(management.thumbnails.upload({ authorization, iModelId, thumbnailProperties: wrong }), {
    statusCode: 422,
  });
});

for (const [word, group] of [
  ["favourites", "favoriteIModels"],
  ["recently used iModels", "recentIModels"],
]) {
  test(`${word} are kept for the user who added them`, async () => {
    const urlParams = { iTwinId };
    const operations = management[group];
    await operations.add({ authorization, iModelId });
    const listed = await all(operations.getMinimalList({ authorization, urlParams }));
    assert.ok(listed.some(({ id }) => id === iModelId));
    const [whole] = (await all(operations.getRepresentationList({ authorization, urlParams }))).filter(({ id }) => id === iModelId);
    assert.ok(whole._links.creator.href.includes(`/imodels/${iModelId}/users/`));
    const others = await all(operations.getMinimalList({ authorization: as("second"), urlParams }));
    assert.ok(!others.some(({ id }) => id === iModelId));
    await operations.remove({ authorization, iModelId });
    const left = await all(operations.getMinimalList({ authorization, urlParams }));
    assert.ok(!left.some(({ id }) => id === iModelId));
  });
}

test("errors keep their code, status and details", async () => {
  const name = fresh("taken");
  await makeIModel({ name });
  const create = (iModelProperties, user = authorization) => management.iModels.createEmpty({ authorization: user, iModelProperties });
  await assert.rejects(create({ iTwinId, name }), { code: "iModelExists", statusCode: 409 });
  await assert.rejects(create({ iTwinId, name: "x".repeat(256) }), (error) => {
    assert.deepEqual([error.code, error.statusCode], ["InvalidiModelsRequest", 422]);
    assert.deepEqual(error.details.map(({ code, target }) => [code, target]), [["InvalidValue", "name"]]);
    return true;
  });
  await assert.rejects(create({ iTwinId, name: fresh("not mine") }, as("viewer")), {
    code: "InsufficientPermissions",
    statusCode: 403,
  });
  await assert.rejects(create({ iTwinId, name: fresh("nobody") }, as("nobody at all")), { code: "Unauthorized", statusCode: 401 });
  const unknown = "11111111-2222-4333-8444-555555555555";
  await assert.rejects(management.iModels.getSingle({ authorization, iModelId: unknown }), { code: "iModelNotFound" });
});
