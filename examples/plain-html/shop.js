// A shop of somebody else's, without a framework: it listens, and it never believes the sheet.

import "./wechat-checkout/index.js";

const checkout = document.querySelector("wechat-checkout");
const news = document.querySelector("#news");

checkout.texts = { paid_title: "欢迎加入读书会", done: "开始阅读" };

checkout.addEventListener("confirmed", ({ detail }) => {
  const yuan = (detail.amountFen / 100).toFixed(2);
  news.textContent = `订单 ${detail.orderId} 已支付 ¥${yuan}`;
});

for (const type of ["failed", "halted"]) {
  checkout.addEventListener(type, ({ detail }) => {
    console.warn(detail.error.developerText, detail.error.supportCode);
  });
}

checkout.addEventListener("done", () => {
  news.textContent = "今天读第一章。";
  checkout.remove();
});
