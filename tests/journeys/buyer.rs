//! A buyer without a page, who asks the server directly.

use std::sync::Arc;

use anyhow::{Context, Result};
use reqwest::Client;
use reqwest::cookie::Jar;
use serde_json::json;
use wechat_checkout_protocol::{OrderView, routes};

use crate::house::House;

pub(crate) struct Buyer {
    http: Client,
    origin: String,
}

impl Buyer {
    /// Signs in as a simulated account.
    pub(crate) async fn sign_in(house: &House, account: &str) -> Result<Buyer> {
        let app = house.simulator.client_url();
        let origin = app.origin().ascii_serialization();
        let cookies = Arc::new(Jar::default());
        cookies.add_cookie_str(&format!("wechat_buyer={account}"), app);
        let http = Client::builder().cookie_provider(cookies).build()?;
        let buyer = Buyer { http, origin };
        let start = format!(
            "{}?origin={}&return_to=/",
            buyer.at(routes::OAUTH_START),
            buyer.origin
        );
        // Redirects lead through WeChat and back to a page that not every house has.
        buyer.http.get(start).send().await.context("signing in")?;
        Ok(buyer)
    }

    pub(crate) async fn place_order(&self, product_id: &str) -> Result<OrderView> {
        let wish = json!({
            "product_id": product_id,
            "quantity": 1,
            "idempotency_key": "interop-0000000000000001",
        });
        let request = self
            .http
            .post(self.at(routes::ORDERS))
            .header("origin", &self.origin);
        let answer = request.json(&wish).send().await?.error_for_status()?;
        answer.json().await.context("placing the order")
    }

    pub(crate) async fn look_at(&self, order: &OrderView) -> Result<OrderView> {
        let answer = self
            .http
            .get(self.at(&routes::order(&order.id)))
            .send()
            .await?;
        answer
            .error_for_status()?
            .json()
            .await
            .context("looking at the order")
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }
}
