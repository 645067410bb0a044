/** The published clients, pointed at the mock, and a note of every request they send. */

import { appendFileSync, mkdtempSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomBytes } from "node:crypto";
import { after } from "node:test";

import "reflect-metadata";

const require = createRequire(import.meta.url);
const { IModelsClient: ManagementClient } = require("@itwin/imodels-client-management");
const { IModelsClient: AuthoringClient } = require("@itwin/imodels-client-authoring");
const { AzureClientStorage, BlockBlobClientWrapperFactory } = require("@itwin/object-storage-azure");
const axios = require("axios");

export const { ITWIN: iTwinId, SECOND_ITWIN: secondITwinId } = process.env;
const baseUrl = process.env.IMODELS_URL;

axios.interceptors.response.use(
  (answer) => note(answer) ?? answer,
  (error) => {
    note(error.response);
    throw error;
  },
);

/** Keep method, URL and status of an answer for the table of operations reached. */
function note(answer) {
  if (!answer || !process.env.REQUESTS) return;
  const { method, url } = answer.config;
  appendFileSync(process.env.REQUESTS, JSON.stringify({ method, url, status: answer.status }) + "\n");
}

const api = { baseUrl };
// A refused request is looked at, not sent again.
const retryPolicy = null;
export const storage = new AzureClientStorage(new BlockBlobClientWrapperFactory());
export const management = new ManagementClient({ api, retryPolicy });
export const authoring = new AuthoringClient({ api, retryPolicy, cloudStorage: storage });

/** The authorization callback of a user of the mock. */
export function as(name) {
  return async () => ({ scheme: "Bearer", token: `mock-token-${name}` });
}

export const authorization = as("admin");
export const second = as("second");
export const folder = mkdtempSync(join(tmpdir(), "interop-"));

/** A name nothing else has. */
export function fresh(word) {
  return `${word} ${randomBytes(6).toString("hex")}`;
}

/** An id such as a changeset has. */
export function changesetId() {
  return randomBytes(20).toString("hex");
}

/** A file of random bytes on disk. */
export function file(size = 512) {
  const filePath = join(folder, randomBytes(8).toString("hex"));
  const bytes = randomBytes(size);
  writeFileSync(filePath, bytes);
  return { filePath, bytes };
}

/** An empty iModel, deleted when the tests of the file are over. */
export async function makeIModel(properties = {}) {
  const iModel = await management.iModels.createEmpty({
    authorization,
    iModelProperties: { iTwinId, name: fresh("interop"), ...properties },
  });
  deleteLater(iModel.id);
  return iModel;
}

const made = [];
after(async () => {
  for (const iModelId of made) await management.iModels.delete({ authorization, iModelId }).catch(() => {});
});

/** See to it that an iModel does not outlive the tests of the file. */
export function deleteLater(iModelId) {
  made.push(iModelId);
}

/** Push `count` changesets of a briefcase, each on the one before; their ids and bytes, in order. */
export async function push(iModelId, briefcaseId, count, { parentId = "", user = authorization, ...more } = {}) {
  const pushed = [];
  for (let number = 0; number < count; number++) {
    const id = changesetId();
    const { filePath, bytes } = file(300 + number);
    const changeset = await authoring.changesets.create({
      authorization: user,
      iModelId,
      changesetProperties: { briefcaseId, id, parentId, filePath, ...more },
    });
    pushed.push({ id, bytes, changeset });
    parentId = id;
  }
  return pushed;
}

/** Everything an iterator of the client gives. */
export async function all(iterator) {
  const found = [];
  for await (const entity of iterator) found.push(entity);
  return found;
}

/** The pages an iterator of the client gives. */
export async function pages(iterator) {
  const found = [];
  for await (const page of iterator.byPage()) found.push(page);
  return found;
}
