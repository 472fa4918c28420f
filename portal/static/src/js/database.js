// The phone's own database, in promises: keys, sealed reports and sealed photos of whoever used this browser.

const SCHEMA = 1;

let connection;

/**
 * Resolve with a request's result.
 * @param {IDBRequest} request
 * @returns {Promise<any>}
 */
export const asked = (request) =>
  new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });

/**
 * Make what a version lacks. What is there is never touched: an upgrade loses no report.
 * @param {IDBDatabase} database
 * @param {number} from the version that the phone has
 */
function build(database, from) {
  if (from < 1) {
    database.createObjectStore("keys", {keyPath: "user"});
    database.createObjectStore("reports", {keyPath: ["user", "ref"]});
    database.createObjectStore("photos", {keyPath: ["user", "ref", "id"]});
  }
}

/**
 * Open the database, once for each document.
 * @returns {Promise<IDBDatabase>}
 */
function connect() {
  connection ??= openAs(SCHEMA).catch((problem) => {
    // A newer version of the portal was here: its stores hold ours, so this older page goes on with them.
    if (problem.name === "VersionError") return openAs();
    throw problem;
  });
  connection.catch(() => {
    connection = undefined;
  });
  return connection;
}

/**
 * Open the database as a version of it, or as it is.
 * @param {number} [version]
 * @returns {Promise<IDBDatabase>}
 */
const openAs = (version) =>
  new Promise((done, failed) => {
    const request = indexedDB.open("portal", version);
    request.onupgradeneeded = (event) => build(request.result, event.oldVersion);
    request.onerror = () => failed(request.error);
    request.onsuccess = () => {
      const forget = () => {
        request.result.close();
        connection = undefined;
      };
      request.result.onversionchange = forget;
      request.result.onclose = forget;
      done(request.result);
    };
  });

/**
 * Do something in one transaction; resolve with its result once everything is on the disk.
 * @param {string[]} names of the stores
 * @param {"readonly" | "readwrite"} mode
 * @param {(store: (name: string) => IDBObjectStore) => any} act may only await requests of this transaction
 * @returns {Promise<any>}
 */
export async function within(names, mode, act) {
  const transaction = (await connect()).transaction(names, mode, {durability: "strict"});
  const over = new Promise((done, failed) => {
    transaction.oncomplete = done;
    transaction.onabort = () => failed(transaction.error);
  });
  const result = act((name) => transaction.objectStore(name));
  const [value] = await Promise.all([result, over]);
  return value;
}

/**
 * Every key that begins with these parts.
 * @param {...string} parts
 */
export const beginning = (...parts) => IDBKeyRange.bound(parts, [...parts, []]);
