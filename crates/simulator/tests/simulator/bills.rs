//! Bills through the real client: payments, coupons and refunds of a day, and the flows of its money.

use std::time::Duration;

use wechat_checkout_gateway::bill::{
    Bill, BillError, BillRequest, BillRow, BillSummary, BillType, FundAccount, FundFlowRequest,
    column,
};
use wechat_checkout_gateway::{QueryBy, Refund, SignType, beijing};
use wechat_checkout_protocol::Fen;
use wechat_checkout_simulator::{Pace, Scenario};

use crate::stage::Stage;

const DAY_S: i64 = 24 * 60 * 60;

/// A stage on which it is noon, so that nothing here runs over a midnight.
async fn at_noon(sign_type: SignType) -> Stage {
    let stage = Stage::start(Pace::Held, sign_type).await;
    wait_for_noon(&stage).await;
    stage
}

/// The day, `yyyyMMdd`, before the noon that is waited for.
async fn wait_for_noon(stage: &Stage) -> String {
    let now_s = stage.simulator.clock().now().0 / 1000;
    let day = beijing::format(now_s)[..8].to_owned();
    let midnight = beijing::parse(&format!("{day}000000")).expect("a time");
    let noon = midnight + DAY_S + DAY_S / 2;
    let wait = Duration::from_secs((noon - now_s).unsigned_abs());
    stage.simulator.step(wait).await;
    day
}

/// One payment with coupons, and half of it back.
async fn sold(stage: &Stage) {
    stage.place("order-8001").await;
    stage.simulator.set_scenario(Scenario::Coupon);
    stage.simulator.pay("order-8001").expect("paid");
    let amount = |fen| Fen::new(fen).expect("an amount");
    let payment = QueryBy::OutTradeNo("order-8001");
    let refund = Refund::new(payment, "refund-8001", amount(1990), amount(995));
    stage.client.refund(&refund).await.expect("accepted");
}

async fn read(mut bill: Bill) -> (Vec<BillRow>, BillSummary) {
    let mut rows = Vec::new();
    while let Some(row) = bill.next().await.expect("readable") {
        rows.push(row);
    }
    (rows, bill.finish().await.expect("a whole bill"))
}

#[tokio::test]
async fn a_days_bill_tells_of_coupons_and_refunds() {
    for sign_type in [SignType::Md5, SignType::HmacSha256] {
        let stage = at_noon(sign_type).await;
        sold(&stage).await;
        let day = wait_for_noon(&stage).await;
        let request = |bill_type| BillRequest {
            bill_date: &day,
            bill_type,
        };
        let bill = stage.client.downloadbill(request(BillType::All)).await;
        let (rows, summary) = read(bill.expect("a bill")).await;
        let fen = |row: &BillRow, name| row.fen(name).map(Fen::get);
        let [payment, refund] = &rows[..] else {
            panic!("two rows")
        };
        assert_eq!(fen(payment, column::TOTAL), Some(1990));
        assert_eq!(fen(payment, column::SETTLEMENT_TOTAL), Some(1891));
        assert_eq!(fen(payment, column::COUPON), Some(298));
        assert_eq!(payment.micro_yuan(column::FEE), Some(113_460));
        assert_eq!(fen(refund, column::REFUND), Some(995));
        assert_eq!(refund.get(column::OUT_REFUND_NO), Some("refund-8001"));
        assert_eq!(fen(&summary.totals, column::TOTAL_SUM), Some(1990));
        assert_eq!(fen(&summary.totals, column::REFUND_SUM), Some(995));
        for (bill_type, count) in [(BillType::Success, 1), (BillType::Refund, 1)] {
            let bill = stage.client.downloadbill(request(bill_type)).await;
            assert_eq!(read(bill.expect("a bill")).await.0.len(), count);
        }
        let none = stage.client.downloadbill(request(BillType::RechargeRefund));
        assert!(matches!(none.await, Err(BillError::Empty)));
    }
}

#[tokio::test]
async fn the_flows_of_a_day_make_its_balance() {
    // Also for an MD5 merchant: this call alone is signed with HMAC-SHA256.
    let stage = at_noon(SignType::Md5).await;
    sold(&stage).await;
    let day = wait_for_noon(&stage).await;
    let request = |account| FundFlowRequest {
        bill_date: &day,
        account,
    };
    let bill = stage
        .client
        .downloadfundflow(request(FundAccount::Basic))
        .await;
    let (rows, summary) = read(bill.expect("a bill")).await;
    let moved: Vec<_> = rows
        .iter()
        .map(|row| {
            let text = |name| row.get(name).unwrap_or_default();
            (
                text(column::FLOW_BUSINESS_TYPE),
                text(column::FLOW_DIRECTION),
                row.fen(column::FLOW_AMOUNT).map(Fen::get),
            )
        })
        .collect();
    // Half of 18.91: the merchant's own coupon of 0.99 is no money.
    assert_eq!(moved[0], ("交易", "收入", Some(1891)));
    assert_eq!(moved[1], ("扣除交易手续费", "支出", Some(11)));
    assert_eq!((moved[2].0, moved[2].1, moved.len()), ("退款", "支出", 3));
    let mut balance = 0;
    for row in &rows {
        let amount = row.fen(column::FLOW_AMOUNT).expect("an amount").get();
        let is_income = row.get(column::FLOW_DIRECTION) == Some("收入");
        balance += if is_income { amount } else { -amount };
        assert_eq!(row.fen(column::FLOW_BALANCE).map(Fen::get), Some(balance));
    }
    assert_eq!(summary.totals.get(column::FLOW_INCOME_COUNT), Some("1"));
    assert_eq!(summary.totals.get(column::FLOW_EXPENSE_COUNT), Some("2"));

    let fees = stage
        .client
        .downloadfundflow(request(FundAccount::Fees))
        .await;
    assert!(matches!(fees, Err(BillError::Empty)), "{fees:?}");
}
