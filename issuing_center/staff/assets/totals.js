// The books of a day: on the screen, as CSV, and as a slip from the office's printer.
import { $, get, make, notice, noticeOf, post, signedIn, yen } from "/assets/common.js";

let session;

const row = (...texts) => make("tr", {}, ...texts.map((text, at) => make("td", { class: at ? "right" : "kind", textContent: text })));

async function load() {
  const office = $("office").value || "all";
  const path = `/api/totals/${$("day").value}/${office}`;
  const answer = await get(path);
  if (!answer.ok) {
    noticeOf(answer.problem);
    return;
  }
  const { totals, taken_yen: taken } = answer.value;
  $("csv").href = `${path}/csv`;
  $("title").textContent = `${$("day").value.replace(/^(\d+)-0?(\d+)-0?(\d+)$/, "$1年$2月$3日")} ${$("office").selectedOptions[0]?.textContent ?? ""}`;
  $("kinds").replaceChildren(...totals.kinds.map((each) =>
    row(session.labels.kinds[each.kind] ?? each.kind, yen(each.fee_yen), each.copies, yen(each.cash_yen), yen(each.cashless_yen), each.exempt_copies ? `${each.exempt_copies}通 ${yen(each.exempt_yen)}` : yen(0))));
  if (!totals.kinds.length) $("kinds").append(make("tr", {}, make("td", { colSpan: 6, class: "empty", textContent: "交付した証明書はありません。" })));
  $("copies").textContent = totals.kinds.reduce((sum, each) => sum + each.copies, 0);
  $("cash").textContent = yen(totals.cash_yen);
  $("cashless").textContent = yen(totals.cashless_yen);
  $("exempt").textContent = yen(totals.exempt_yen);
  const facts = [
    ["収納額", yen(taken)], ["返金", yen(totals.refunded_yen)], ["領収書", `${totals.receipts}件（無効 ${totals.receipts_void}件）`],
    ["交付", `${totals.handed_over}件`], ["取消", `${totals.cancelled}件`], ["未了", `${totals.open}件（収納済 ${totals.paid_not_handed}件）`],
    ["改ざん防止用紙 使用", `${totals.sheets_used}枚`], ["うち廃棄", `${totals.sheets_spoilt}枚`],
  ];
  $("sums").replaceChildren(...facts.map(([name, value]) => make("div", {}, make("span", { textContent: name }), make("b", { textContent: value }))));
  const kinds = totals.kinds.map((each) => [`${session.labels.kinds[each.kind] ?? each.kind}\n　${yen(each.fee_yen)}×${each.copies}通`, yen(each.cash_yen + each.cashless_yen)]);
  const ways = [["うち現金", yen(totals.cash_yen)], ["うちキャッシュレス", yen(totals.cashless_yen)], ["免除した額", yen(totals.exempt_yen)]];
  const made = new Date().toLocaleString("ja-JP", { timeZone: "Asia/Tokyo", dateStyle: "short", timeStyle: "short" });
  const lines = [["発行", session.municipality], ...kinds, facts[0], ...ways, ...facts.slice(1), ["職員", session.staff_id], ["印刷", made]];
  $("printed").replaceChildren(...lines.flatMap(([name, value]) => [make("dt", { textContent: name }), make("dd", { textContent: value })]));
  const unpaid = totals.open - totals.paid_not_handed;
  $("left").textContent = `未収納 ${unpaid}件を取り消します。収納済みで未交付の ${totals.paid_not_handed}件は残ります。元に戻せません。`;
  document.documentElement.dataset.shown = path;
}

async function start() {
  session = await signedIn();
  $("day").value = $("day").max = session.day;
  $("day").addEventListener("change", load);
  $("office").addEventListener("change", load);
  $("print").addEventListener("click", () => print());
  const dialog = $("close-dialog");
  $("close").addEventListener("click", () => dialog.showModal());
  dialog.querySelector(".close").addEventListener("click", () => dialog.close());
  dialog.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await post("/api/close", { day: $("day").value, office: $("office").value || null });
    dialog.close();
    if (!answer.ok) noticeOf(answer.problem);
    else if (answer.value.left.length) notice(`締めました。収納済みで未交付の番号: ${answer.value.left.map((each) => each.number).join("、")}`, "bad");
    else notice("締めました。");
    load();
  });
  load();
}

start();
