// Keys for those who work at the desk all day. Everything they do can be done with links and buttons too.
// j, k: next and previous line; Enter: open it; g then q: the queue; g then v: verify an invoice; /: the search field.

const rows = () => [...document.querySelectorAll("#result_list tbody tr, table[data-keys] tbody tr")];
const places = { q: "/admin/refunds/case/", v: "/admin/verify-invoice/", h: "/admin/" };
let goes = false;

const typing = (target) => target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");

function move(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.findIndex((row) => row.classList.contains("is-here"));
  const next = all[Math.min(all.length - 1, Math.max(0, at + step))];
  all[at]?.classList.remove("is-here");
  next.classList.add("is-here");
  const link = next.querySelector("th a, td a");
  (link ?? next).focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (goes) {
    goes = false;
    if (places[event.key]) location.href = places[event.key];
    return;
  }
  if (event.key === "g") goes = true;
  else if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
  else if (event.key === "/") {
    const search = document.querySelector("#searchbar, input[type=search], input[name=number]");
    if (search) { event.preventDefault(); search.focus(); }
  }
});
