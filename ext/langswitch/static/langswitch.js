// @ts-check
// Keeps the place and the view of the page when the language changes, and tells readers once that a page is there in their language.
"use strict";

(() => {
  const REMEMBERED = "langswitch-note";

  /** @type {HTMLAnchorElement[]} */
  const links = Array.from(document.querySelectorAll(".langswitch a[hreflang]"));

  const keepPlace = () => {
    for (const link of links) {
      link.search = location.search;
      link.hash = location.hash;
    }
  };

  /** @param {string} tag */
  const language = (tag) => tag.toLowerCase().split("-")[0];

  const remembered = () => {
    try {
      return localStorage.getItem(REMEMBERED) !== null;
    } catch {
      // Storage is off: then nobody can be asked just once, and is not asked at all.
      return true;
    }
  };

  const tellOnce = () => {
    const wanted = navigator.languages.map(language);
    const here = language(document.documentElement.lang || "");
    if (remembered() || wanted.includes(here)) {
      return;
    }
    const link = links.find((each) => wanted.includes(language(each.hreflang)));
    const place = document.querySelector("main") || document.querySelector("[role=main]");
    if (!link || !place) {
      return;
    }
    const note = document.createElement("div");
    note.className = "langswitch-note";
    note.lang = link.hreflang;
    note.setAttribute("role", "status");
    const twin = document.createElement("a");
    twin.href = link.href;
    twin.textContent = link.dataset.note || link.textContent;
    const dismiss = document.createElement("button");
    dismiss.type = "button";
    dismiss.textContent = link.dataset.dismiss || "×";
    dismiss.addEventListener("click", () => note.remove());
    note.append(twin, dismiss);
    place.prepend(note);
    localStorage.setItem(REMEMBERED, "seen");
  };

  keepPlace();
  addEventListener("hashchange", keepPlace);
  // Nothing tells when a script changes the query; whoever follows a link points at it, or comes to it by key, first.
  for (const link of links) {
    link.addEventListener("pointerenter", keepPlace);
    link.addEventListener("focus", keepPlace);
  }
  tellOnce();
})();
