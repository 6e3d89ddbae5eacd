//! WeChat's payment notifications for the orders of a run, signed as WeChat signs them.

use anyhow::Result;
use wechat_checkout_gateway::{ApiKey, Merchant, Params, SignType, xml};
use wechat_checkout_protocol::{Fen, OpenId, OrderId};
use wechat_checkout_simulator::demo;

use super::order::OrderNumber;

/// Takes the money and writes the notification.
#[derive(Clone, Debug)]
pub(crate) struct Cashier {
    merchant: Merchant,
}

impl Cashier {
    pub(crate) fn new(sign_type: SignType) -> Result<Cashier> {
        let key = ApiKey::parse(demo::API_KEY)?;
        let merchant = Merchant::new(demo::APPID, demo::MCH_ID, sign_type, key)?;
        Ok(Cashier { merchant })
    }

    /// The ordinary notification of 17 fields, about 840 bytes.
    pub(crate) fn notification(&self, number: OrderNumber) -> Result<String> {
        let (openid, id) = (number.openid()?, number.id()?);
        Ok(self.notification_of(&id, &openid, number.amount(), &number.transaction_id()))
    }

    /// The same for an order that a server has placed by itself.
    pub(crate) fn notification_of(
        &self,
        id: &OrderId,
        openid: &OpenId,
        amount: Fen,
        transaction_id: &str,
    ) -> String {
        let amount = amount.get().to_string();
        let mut params = Params::from_iter([
            ("appid", self.merchant.appid()),
            ("attach", "proof"),
            ("bank_type", "CFT"),
            ("cash_fee", &amount),
            ("fee_type", "CNY"),
            ("is_subscribe", "Y"),
            ("mch_id", self.merchant.mch_id()),
            ("openid", openid.as_str()),
            ("out_trade_no", id.as_str()),
            ("result_code", "SUCCESS"),
            ("return_code", "SUCCESS"),
            ("time_end", "20261003131540"),
            ("total_fee", &amount),
            ("trade_type", "JSAPI"),
            ("transaction_id", transaction_id),
        ]);
        self.merchant.sign(&mut params);
        xml::write(&params)
    }
}
