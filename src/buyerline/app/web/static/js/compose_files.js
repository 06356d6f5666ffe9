// Files of a message: chosen or dropped, added one after the other, each with how far it is.
//   data-upload   on the place where files are dropped: where they go, and the words for what may go wrong
(() => {
  "use strict";

  let last = Promise.resolve(true);

  const place = () => document.querySelector("[data-upload]");

  // The list of those that are on their way, or were refused, is the same one whatever is replaced around it.
  let uploads = null;
  const keep = () => {
    const there = document.getElementById("uploads");
    uploads ||= there;
    if (there && there !== uploads) there.replaceWith(uploads);
  };
  keep();
  document.addEventListener("htmx:oobAfterSwap", keep);

  const row = (file) => {
    const made = document.getElementById("upload").content.firstElementChild.cloneNode(true);
    const ending = file.name.includes(".") ? file.name.slice(file.name.lastIndexOf(".") + 1) : "?";
    made.querySelector(".file-kind").textContent = ending.slice(0, 4).toUpperCase();
    made.querySelector(".name").textContent = file.name;
    made.querySelector("progress").setAttribute("aria-label", file.name);
    uploads.append(made);
    return made;
  };

  const fail = (made, words) => {
    made.classList.remove("adding");
    made.querySelector("progress").hidden = true;
    made.querySelector("[data-dismiss]").hidden = false;
    const problem = made.querySelector(".problem");
    problem.textContent = words;
    problem.hidden = false;
    window.buyerline.announce(`${made.querySelector(".name").textContent}: ${words}`);
  };

  // Why the server refused a file: what it says of the files, or of the request.
  const refusal = (answer) => {
    const page = new DOMParser().parseFromString(answer, "text/html");
    const said = page.querySelector("#whole .notice p, #files-problems .problem:last-child, .notice");
    return said ? said.textContent.trim() : "";
  };

  const send = (file, made, words) =>
    new Promise((done) => {
      const form = document.getElementById("written");
      const request = new XMLHttpRequest();
      const data = new FormData();
      data.append("file", file);
      request.open("POST", words.upload);
      request.setRequestHeader("HX-Request", "true");
      request.setRequestHeader("X-CSRFToken", form.elements._csrf_token.value);
      request.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) made.querySelector("progress").value = event.loaded / event.total;
      });
      request.addEventListener("load", () => {
        if (request.status === 200) {
          made.classList.replace("adding", "added");
          const draft = new DOMParser().parseFromString(request.responseText, "text/html").querySelector("[name=draft]");
          if (draft) form.elements.draft.value = draft.value; // a program's draft is its person's own once it is changed
          // Its answer has the file, and comes after those of saving before.
          if (place()) htmx.trigger(form, "save");
          else htmx.trigger("#type", "change"); // another type was chosen meanwhile, which takes none
          window.buyerline.announce(`${words.added} ${file.name}`);
        } else {
          fail(made, request.status === 401 ? words.signedOut : refusal(request.responseText) || words.failed);
        }
        done(request.status === 200);
      });
      request.addEventListener("error", () => {
        fail(made, words.failed);
        done(false);
      });
      request.send(data);
    });

  const add = (files) => {
    const words = { ...place().dataset }; // that may be gone when their turn comes
    for (const file of files) {
      const made = row(file);
      if (file.size > Number(words.largest)) {
        fail(made, words.tooLarge);
        continue;
      }
      made.classList.add("adding");
      document.dispatchEvent(new Event("compose:adding"));
      last = last.then(() => send(file, made, words)).then((well) => {
        document.dispatchEvent(new CustomEvent("compose:added", { detail: well }));
        return well;
      });
    }
  };

  // A file that was added is shown by the answer to the first request that is made after it.
  const shows = (event) => uploads && ["written", "type"].includes(event.detail.requestConfig.elt.id);
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!shows(event)) return;
    for (const made of uploads.querySelectorAll(".added")) made.classList.replace("added", "asked");
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!shows(event)) return;
    for (const made of uploads.querySelectorAll(".asked")) made.remove();
  });

  // To press "Remove" twice removes it once: where the second press waits for the first, htmx stops at it, as its
  // button is gone by then, and with it stops what waits behind.
  const REMOVERS = "#file-list [id^=remove-]";
  document.addEventListener(
    "click",
    (event) => {
      const button = event.target.closest(REMOVERS);
      if (!button) return;
      if (button.hasAttribute("aria-busy")) {
        event.preventDefault();
        event.stopPropagation();
      }
      button.setAttribute("aria-busy", "true");
    },
    true,
  );
  document.addEventListener("htmx:afterRequest", (event) => {
    const { elt } = event.detail.requestConfig;
    if (elt.matches(REMOVERS)) elt.removeAttribute("aria-busy");
  });

  // Who removed a file goes on at the next one, or after the last at the button to add files.
  const removers = () => [...document.querySelectorAll(REMOVERS)];
  let at = -1;
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    if (event.target.id === "file-list") at = removers().indexOf(document.activeElement);
  });
  document.addEventListener("htmx:load", (event) => {
    const gone = at >= 0 && document.activeElement === document.body;
    if (event.target.id === "file-list" && gone) (removers()[at] || removers().at(-1) || document.getElementById("file")).focus();
  });

  const chosen = (event) => {
    const files = [...event.target.files];
    event.target.value = "";
    if (place()) add(files);
  };
  document.addEventListener("change", (event) => {
    if (event.target.id === "file") chosen(event);
  });
  // The chooser may be replaced while its dialog is open: what is chosen then is told to the old one alone.
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const chooser = event.target.querySelector("#file");
    if (chooser) chooser.addEventListener("change", chosen);
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-dismiss]")) event.target.closest("li").remove();
  });

  // Dropped anywhere on the step; beside it nothing happens, rather than that the browser opens the file.
  const over = (event) => event.target instanceof Element && event.target.closest("#files") !== null;
  const light = (on) => place() && place().classList.toggle("over", on);
  document.addEventListener("dragover", (event) => {
    if (!place() || !event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = over(event) ? "copy" : "none";
    light(over(event));
  });
  document.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) light(false);
  });
  document.addEventListener("drop", (event) => {
    if (!place() || event.dataTransfer.files.length === 0) return;
    event.preventDefault();
    light(false);
    if (over(event)) add(event.dataTransfer.files);
  });
})();
