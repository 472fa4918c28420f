// What must not be interrupted by a new version of the portal: a form being filled in, something being sent.

const LOCK = "portal-act";

/**
 * Do something during which no new version is taken.
 * @template T
 * @param {() => Promise<T>} act
 * @returns {Promise<T>}
 */
export const during = (act) =>
  navigator.locks ? navigator.locks.request(LOCK, {mode: "shared"}, act) : act();

/**
 * Do something only if nobody is in the middle of an act, in any tab.
 * @param {() => any} act
 */
export const betweenActs = (act) =>
  navigator.locks?.request(LOCK, {ifAvailable: true}, (lock) => lock && act());

// Who has begun to type is in the middle of an act until the page is left.
document.addEventListener(
  "input",
  (event) => {
    if (event.target.form?.method === "post") during(() => new Promise(() => {}));
  },
  {once: true},
);
