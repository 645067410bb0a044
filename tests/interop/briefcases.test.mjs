/** Briefcases and locks. */

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { all, authoring, authorization, makeIModel, management, pages, second } from "./clients.mjs";

let iModelId;

before(async () => {
  iModelId = (await makeIModel()).id;
});

test("a briefcase is acquired, listed, read and released", async () => {
  const made = await authoring.briefcases.acquire({
    authorization,
    iModelId,
    briefcaseProperties: { deviceName: "interop" },
  });
  assert.deepEqual([made.deviceName, String(made.briefcaseId)], ["interop", made.id]);
  await authoring.briefcases.acquire({ authorization: second, iModelId });
  const mine = { authorization, iModelId, urlParams: { ownerId: "me", $top: 1 } };
  assert.deepEqual((await pages(management.briefcases.getMinimalList(mine))).flat().map(({ id }) => id), [made.id]);
  const one = { authorization, iModelId, briefcaseId: made.briefcaseId };
  const read = await management.briefcases.getSingle(one);
  assert.equal((await read.getOwner()).id, made.ownerId);
  await read.getCheckpoint();
  assert.equal((await all(management.briefcases.getRepresentationList({ authorization, iModelId }))).length, 2);
  await management.briefcases.release(one);
  await assert.rejects(management.briefcases.getSingle(one), { code: "BriefcaseNotFound", statusCode: 404 });
});

test("locks are taken, listed, refused to others and given back", async () => {
  const [one, two] = await Promise.all([authorization, second].map((user) => authoring.briefcases.acquire({ authorization: user, iModelId })));
  const locks = [
    { lockLevel: "exclusive", objectIds: ["0x1", "0x2"] },
    { lockLevel: "shared", objectIds: ["0x3"] },
  ];
  const lock = await authoring.locks.update({ authorization, iModelId, briefcaseId: one.briefcaseId, changesetId: "", lockedObjects: locks });
  assert.equal(lock.briefcaseId, one.briefcaseId);
  const urlParams = { briefcaseId: one.briefcaseId };
  const listed = await all(authoring.locks.getList({ authorization, iModelId, urlParams }));
  assert.deepEqual(listed.flatMap(({ lockedObjects }) => lockedObjects.flatMap(({ objectIds }) => objectIds)).sort(), ["0x1", "0x2", "0x3"]);
  const wanted = { authorization: second, iModelId, briefcaseId: two.briefcaseId, changesetId: "" };
  const refused = authoring.locks.update({ ...wanted, lockedObjects: [{ lockLevel: "shared", objectIds: ["0x1"] }] });
  await assert.rejects(refused, (error) => {
    assert.equal(error.code, "ConflictWithAnotherUser");
    assert.deepEqual(error.conflictingLocks, [{ objectId: "0x1", lockLevel: "exclusive", briefcaseIds: [one.briefcaseId] }]);
    return true;
  });
  const free = [{ lockLevel: "none", objectIds: ["0x1", "0x2", "0x3"] }];
  await authoring.locks.update({ authorization, iModelId, briefcaseId: one.briefcaseId, changesetId: "", lockedObjects: free });
  await authoring.locks.update({ ...wanted, lockedObjects: [{ lockLevel: "exclusive", objectIds: ["0x1"] }] });
});

test("all locks of a briefcase are given back in chunks", async () => {
  const { briefcaseId } = await authoring.briefcases.acquire({ authorization, iModelId });
  for (const start of [4096, 8192]) {
    const objectIds = Array.from({ length: 700 }, (_, number) => `0x${(start + number).toString(16)}`);
    const lockedObjects = [{ lockLevel: "shared", objectIds }];
    await authoring.locks.update({ authorization, iModelId, briefcaseId, changesetId: "", lockedObjects });
  }
  let chunks = 0;
  for (let isLastChunk = false; !isLastChunk && chunks <= 1400; chunks++) {
    ({ isLastChunk } = await management.locks.releaseLocksChunk({ authorization, iModelId, briefcaseId, changesetId: "" }));
  }
  assert.ok(chunks <= 1401);
  const listed = await all(management.locks.getList({ authorization, iModelId, urlParams: { briefcaseId } }));
  assert.deepEqual(listed.flatMap(({ lockedObjects: groups }) => groups.flatMap(({ objectIds: ids }) => ids)), []);
  await all(management.locks.getReleasedLockList({ authorization, iModelId, urlParams: { afterChangesetIndex: 0 } }));
});
