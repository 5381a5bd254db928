// The card stands in for the 印鑑登録証: an answer by the short code of a verified card, and by nothing else.
import { $, clock, make, notice, noticeOf, post, signedIn } from "/assets/common.js";

const STANDING = { registered: "印鑑登録があります", abolished: "印鑑登録は廃止されています", none: "印鑑登録はありません" };
const METHOD = { ocsp: "失効情報の照会（OCSP）", crl: "失効リスト（CRL）" };

async function ask(event) {
  event.preventDefault();
  await ready;
  const code = $("code").value;
  $("code").value = "";
  $("code").focus();
  $("answer").hidden = true;
  const answer = await post("/api/seal", { code });
  if (!answer.ok) {
    noticeOf(answer.problem);
    return;
  }
  notice("照会しました。");
  const { standing, registered_on: on, verified_at: at, method } = answer.value;
  const facts = [["登録年月日", on ? on.replace(/^(\d+)-0?(\d+)-0?(\d+)$/, "$1年$2月$3日") : "なし"], ["カードの確認", `${clock(at)} ${METHOD[method] ?? method}`]];
  $("answer").className = standing;
  if (standing !== "registered") $("answer").classList.add("none");
  $("answer").replaceChildren(
    make("h3", { textContent: STANDING[standing] }),
    make("dl", {}, ...facts.flatMap(([name, value]) => [make("dt", { textContent: name }), make("dd", { textContent: value })])));
  $("answer").hidden = false;
}

const ready = signedIn();
$("ask").addEventListener("submit", ask);
// Until then Enter would send the form to nowhere: a scanner is faster than this file.
$("ask").querySelector("button").disabled = false;
$("code").focus();
