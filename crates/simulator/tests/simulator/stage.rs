//! One simulator, one merchant with the real gateway client, one notify_url.

use std::time::Duration;

use url::Url;
use wechat_checkout_gateway::{
    ApiKey, Client, ClientConfig, Merchant, Params, SignType, UnifiedOrder, xml,
};
use wechat_checkout_protocol::{Fen, OpenId};
use wechat_checkout_simulator::{MerchantAccount, Pace, Simulator, SimulatorConfig, demo};

use crate::receiver::Receiver;

/// Longer than anything here takes; only a bug reaches it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
/// A follower from before the simulator started.
pub(crate) const OPENID: &str = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o";

pub(crate) struct Stage {
    pub(crate) simulator: Simulator,
    pub(crate) receiver: Receiver,
    pub(crate) merchant: Merchant,
    pub(crate) client: Client,
    pub(crate) http: reqwest::Client,
}

impl Stage {
    /// With a clock that stands still.
    pub(crate) async fn held() -> Stage {
        Stage::start(Pace::Held, SignType::HmacSha256).await
    }

    /// With a held clock and one more merchant.
    pub(crate) async fn with_merchant(other: MerchantAccount) -> Stage {
        let mut config = SimulatorConfig {
            pace: Pace::Held,
            ..SimulatorConfig::default()
        };
        config.merchants.push(other);
        Stage::of(config, SignType::HmacSha256).await
    }

    pub(crate) async fn start(pace: Pace, sign_type: SignType) -> Stage {
        let config = SimulatorConfig {
            pace,
            ..SimulatorConfig::default()
        };
        Stage::of(config, sign_type).await
    }

    async fn of(config: SimulatorConfig, sign_type: SignType) -> Stage {
        let simulator = Simulator::start(config)
            .await
            .expect("the simulator starts");
        let key = ApiKey::parse(demo::API_KEY).expect("the demo key");
        let merchant =
            Merchant::new(demo::APPID, demo::MCH_ID, sign_type, key).expect("the demo merchant");
        let mut config = ClientConfig::new(simulator.gateway_url().clone());
        // What the simulator answers is looked at answer by answer.
        config.attempts_max = 1;
        let client = Client::new(config, merchant.clone()).expect("a client");
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .expect("an HTTP client");
        Stage {
            simulator,
            receiver: Receiver::start().await,
            merchant,
            client,
            http,
        }
    }

    /// An order of 19.90 for the follower.
    pub(crate) fn order(&self, out_trade_no: &str) -> UnifiedOrder {
        self.order_of(out_trade_no, OPENID)
    }

    pub(crate) fn order_of(&self, out_trade_no: &str, openid: &str) -> UnifiedOrder {
        UnifiedOrder::jsapi(
            "轻松会员商城-VIP月卡",
            out_trade_no,
            Fen::new(1990).expect("an amount"),
            "203.0.113.7".parse().expect("an address"),
            self.receiver.notify_url.clone(),
            OpenId::parse(openid).expect("an openid"),
        )
    }

    /// Places an order that must succeed; returns the prepay_id.
    pub(crate) async fn place(&self, out_trade_no: &str) -> String {
        let prepay = self.client.unifiedorder(&self.order(out_trade_no)).await;
        prepay.expect("the order is placed").prepay_id.clone()
    }

    /// The fields of a good order call, unsigned, to be spoilt by a test.
    pub(crate) fn raw_order(&self, out_trade_no: &str) -> Params {
        Params::from_iter([
            ("appid", demo::APPID),
            ("mch_id", demo::MCH_ID),
            ("nonce_str", "5K8264ILTKCH16CQ2502SI8ZNMTM67VS"),
            ("body", "轻松会员商城-VIP月卡"),
            ("out_trade_no", out_trade_no),
            ("total_fee", "1990"),
            ("spbill_create_ip", "203.0.113.7"),
            ("notify_url", self.receiver.notify_url.as_str()),
            ("trade_type", "JSAPI"),
            ("openid", OPENID),
        ])
    }

    /// Signs and sends fields; returns the answer's fields, unverified.
    pub(crate) async fn send(&self, path: &str, mut params: Params) -> Params {
        self.merchant.sign(&mut params);
        self.send_unsigned(path, xml::write(&params)).await
    }

    /// Sends a document as it is.
    pub(crate) async fn send_unsigned(&self, path: &str, body: String) -> Params {
        let answer = self.http.post(self.gateway(path)).body(body).send().await;
        let answer = answer.expect("the gateway answers");
        assert_eq!(answer.status(), 200, "failures travel in the XML");
        xml::read(&answer.bytes().await.expect("a body")).expect("an XML document")
    }

    pub(crate) fn gateway(&self, path: &str) -> Url {
        self.simulator.gateway_url().join(path).expect("a path")
    }

    pub(crate) fn app(&self, path: &str) -> Url {
        self.simulator.client_url().join(path).expect("a path")
    }
}
