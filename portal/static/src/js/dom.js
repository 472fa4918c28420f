// What every module asks of the document.

export const root = document.documentElement;

/**
 * Every element that a selector finds, in the document or inside an element.
 * @param {string} selector
 * @param {ParentNode} [inside]
 * @returns {any[]}
 */
export const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];
