//! Programs that translate the page under the buyer's eyes: they take each text node away and put an
//! element of their own in its place.

use anyhow::Result;
use wechat_checkout_protocol::OrderStatus;

use crate::stage::play;

/// What stays as it is says so; everything else is replaced, now and whenever something appears.
const TRANSLATE: &str = r##"
const translate = (root) => {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const nodes = [];
  while (walker.nextNode()) nodes.push(walker.currentNode);
  for (const node of nodes) {
    const parent = node.parentElement;
    if (!parent || !node.data.trim() || parent.closest("[translate=no], font, script, style")) continue;
    const font = document.createElement("font");
    font.textContent = node.data;
    node.replaceWith(font);
  }
};
translate(document.querySelector("#app"));
new MutationObserver((changes) => {
  for (const { addedNodes } of changes) for (const node of addedNodes) {
    if (node.isConnected) translate(node.nodeType === 3 ? node.parentElement : node);
  }
}).observe(document.querySelector("#app"), { childList: true, subtree: true });
"##;

/// The time that is left is another one than before.
const TIME_RUNS: &str = r#"
const time = document.querySelector("[role=timer]").textContent;
window.times = (window.times ?? new Set()).add(time);
return window.times.size > 2;
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_translated_page_still_tells_the_news() -> Result<()> {
    play("a_translated_page_still_tells_the_news", async |stage| {
        let phone = &stage.phone;
        phone.open(&stage.house.inside_wechat()).await?;
        phone.see("product-coffee-voucher").await?;
        phone.run(TRANSLATE).await?;
        phone.tap("quantity-more").await?;
        phone.read("¥30.00").await?;
        phone.tap("product-coffee-voucher").await?;
        phone.read("立即支付 ¥30.00").await?;
        phone.read("咖啡兑换券 ×2").await?;
        phone.find_by(TIME_RUNS).await?;
        phone.tap("pay-button").await?;
        phone.tap("sheet-cancel").await?;
        phone.read("支付未完成").await?;
        phone.read("立即支付 ¥30.00").await?;
        phone.tap("pay-button").await?;
        phone.tap("sheet-pay").await?;
        phone.see_status(OrderStatus::Confirmed).await?;
        phone.read("支付成功").await?;
        phone.tap_by(".wc-delivered .wc-copy").await?;
        phone.read("已复制").await?;
        phone.tap("my-orders").await?;
        phone.read("全部订单").await?;
        phone.read("咖啡兑换券 ×2").await
    })
    .await
}
