//! The client: sends signed calls to WeChat and gives back verified answers.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use url::Url;

use crate::bill::{Bill, BillError, BillRequest, FundFlowRequest};
use crate::call::{
    self, CallError, Closed, InvalidRequest, OrderQueryReply, Prepay, QueryBy, Refund,
    RefundAccepted, RefundQueryBy, RefundQueryReply, RefundStatus, UnifiedOrder,
};
use crate::certificate::{CertificateFacts, ClientCertificate};
use crate::clock_skew::ClockSkew;
use crate::error_code::Call;
use crate::exchange::Exchange;
use crate::retry::ATTEMPTS_MAX;
use crate::transport::{ClientError, Transport, TransportConfig};
use crate::{Merchant, Params, SignType, TradeState, Verified, WallClock, undocumented};

/// A page waits for its order no longer than 20 s.
const PATIENCE: Duration = Duration::from_secs(15);

/// A merchant has to ask for a new certificate; so much time is left when the log first says so.
const CERTIFICATE_NOTICE_SECONDS: i64 = 30 * 24 * 3600;

/// Where WeChat is, and how patient we are.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ClientConfig {
    /// The nearest site. `https`, or `http` to a loopback address for simulators.
    pub base_url: Url,
    /// Tried once when no connection to `base_url` comes about.
    pub second_base_url: Option<Url>,
    /// For TCP and TLS together; 3 s.
    pub connect_timeout: Duration,
    /// For one attempt, from connecting to the last byte; 10 s.
    pub read_timeout: Duration,
    /// For a call with all its attempts: see [`crate::retry`]; 15 s.
    pub patience: Duration,
    /// How often a call is sent at most while its outcome is unclear, the first time included;
    /// [`crate::retry::ATTEMPTS_MAX`]. Callers with a schedule of their own take 1.
    pub attempts_max: u32,
    /// Certificate authorities (PEM) that are trusted beside Mozilla's.
    pub extra_roots_pem: Option<String>,
    /// The merchant's API certificate, which refunds need.
    pub client_certificate: Option<ClientCertificate>,
    /// What is compared with the `Date` of WeChat's answers, and measures the pauses between
    /// attempts; the machine's clock.
    pub clock: WallClock,
}

impl ClientConfig {
    /// A gateway at one address, with the usual patience.
    #[must_use]
    pub fn new(base_url: Url) -> ClientConfig {
        let usual = TransportConfig::default();
        ClientConfig {
            base_url,
            second_base_url: None,
            connect_timeout: usual.connect_timeout,
            read_timeout: usual.call_timeout,
            patience: PATIENCE,
            attempts_max: ATTEMPTS_MAX,
            extra_roots_pem: None,
            client_certificate: None,
            clock: usual.clock,
        }
    }

    /// WeChat itself: `api.mch.weixin.qq.com`, and `api2` when that is dead.
    #[must_use]
    pub fn production() -> ClientConfig {
        let host = |text| Url::parse(text).expect("a constant address");
        let mut config = ClientConfig::new(host("https://api.mch.weixin.qq.com"));
        config.second_base_url = Some(host("https://api2.mch.weixin.qq.com"));
        config
    }

    fn transport(&self) -> TransportConfig {
        TransportConfig {
            connect_timeout: self.connect_timeout,
            call_timeout: self.read_timeout,
            extra_roots_pem: self.extra_roots_pem.clone(),
            client_certificate: self.client_certificate.clone(),
            clock: self.clock.clone(),
        }
    }
}

/// Calls WeChat for one merchant. Cheap to clone; clones share their connections.
#[derive(Clone, Debug)]
pub struct Client {
    exchange: Exchange,
    certificate: Option<Arc<CertificateFacts>>,
}

impl Client {
    /// Prepares the connections; nothing is sent yet.
    ///
    /// # Errors
    /// When an address is not https (loopback excepted), or when the merchant certificate can never
    /// be used: unreadable, without its own key, or another merchant's. One that has expired stops
    /// nobody from taking payments: it is logged, and refused where it is needed.
    pub fn new(config: ClientConfig, merchant: Merchant) -> Result<Client, ClientError> {
        let transport_config = config.transport();
        let hosts: Vec<Url> = [config.base_url]
            .into_iter()
            .chain(config.second_base_url)
            .collect();
        let transport = Transport::new(&transport_config, &hosts.iter().collect::<Vec<_>>())?;
        let certificate = match &config.client_certificate {
            None => None,
            Some(certificate) => {
                let facts = certificate.facts()?;
                facts.check_owner(merchant.mch_id())?;
                announce(&facts);
                Some(Arc::new(facts))
            }
        };
        let exchange = Exchange {
            merchant,
            hosts: hosts.into(),
            transport,
            patience: config.patience,
            attempts_max: config.attempts_max,
            clock: config.clock,
            pause: Arc::default(),
        };
        Ok(Client {
            exchange,
            certificate,
        })
    }

    /// What the merchant certificate says about itself, if there is one.
    #[must_use]
    pub fn certificate(&self) -> Option<&CertificateFacts> {
        self.certificate.as_deref()
    }

    /// Who signs the calls.
    #[must_use]
    pub fn merchant(&self) -> &Merchant {
        &self.exchange.merchant
    }

    /// How far this machine's clock was from WeChat's at the last answer.
    #[must_use]
    pub fn clock_skew(&self) -> Option<ClockSkew> {
        self.exchange.clock.skew()
    }

    /// Asks WeChat to expect a payment (统一下单).
    ///
    /// # Errors
    /// See [`CallError`]; [`crate::retry::decide`] says whether to send the same order again.
    pub async fn unifiedorder(&self, order: &UnifiedOrder) -> Result<Verified<Prepay>, CallError> {
        self.exchange
            .call(Call::UnifiedOrder, order.to_params(), |reply| {
                Prepay::read(order, reply)
            })
            .await
    }

    /// Asks what became of an order (查询订单).
    ///
    /// # Errors
    /// See [`CallError`]. `ORDERNOTEXIST` right after an unclear order call proves nothing.
    pub async fn orderquery(
        &self,
        query: QueryBy<'_>,
    ) -> Result<Verified<OrderQueryReply>, CallError> {
        self.query_order(query, query.to_params()).await
    }

    /// Like [`Client::orderquery`], and asks for [`OrderQueryReply::promotion_detail`], too: the
    /// parameter `version`, which only merchants with single-item promotions may send.
    ///
    /// # Errors
    /// As [`Client::orderquery`].
    pub async fn orderquery_with_promotions(
        &self,
        query: QueryBy<'_>,
    ) -> Result<Verified<OrderQueryReply>, CallError> {
        let params = query.to_params().map(|mut params| {
            params.set("version", "1.0");
            params
        });
        self.query_order(query, params).await
    }

    async fn query_order(
        &self,
        query: QueryBy<'_>,
        params: Result<Params, InvalidRequest>,
    ) -> Result<Verified<OrderQueryReply>, CallError> {
        let read = |reply| OrderQueryReply::read(query, reply);
        let reply = self.exchange.call(Call::OrderQuery, params, read).await?;
        if let TradeState::Other(word) = &reply.trade_state {
            undocumented::report_word("trade_state", word);
        }
        Ok(reply)
    }

    /// Makes an unpaid order unpayable (关闭订单).
    ///
    /// # Errors
    /// See [`CallError`]. `ORDERPAID` means: query and confirm. `ORDERCLOSED` means: done before.
    pub async fn closeorder(&self, out_trade_no: &str) -> Result<Verified<Closed>, CallError> {
        let params = call::closeorder_params(out_trade_no);
        let read = |reply| call::read_closed(out_trade_no, reply);
        self.exchange.call(Call::CloseOrder, params, read).await
    }

    /// Gives money back (申请退款). Needs the merchant certificate.
    ///
    /// Success means that WeChat has taken it in hand; [`Client::refundquery`] tells the end.
    ///
    /// # Errors
    /// See [`CallError`]. After an unknown outcome send the same refund again, never a new number.
    pub async fn refund(&self, refund: &Refund<'_>) -> Result<Verified<RefundAccepted>, CallError> {
        let params = self.require_certificate().and_then(|()| refund.to_params());
        let read = |reply| RefundAccepted::read(refund, reply);
        self.exchange.call(Call::Refund, params, read).await
    }

    /// Asks what became of refunds (查询退款).
    ///
    /// `offset` is 0, or skips so many refunds of an order that has more than 20.
    ///
    /// # Errors
    /// See [`CallError`]. `REFUNDNOTEXIST` right after an unclear refund call proves nothing.
    pub async fn refundquery(
        &self,
        query: RefundQueryBy<'_>,
        offset: u32,
    ) -> Result<Verified<RefundQueryReply>, CallError> {
        let params = query.to_params(offset);
        let read = |reply| RefundQueryReply::read(query, offset, reply);
        let reply = self.exchange.call(Call::RefundQuery, params, read).await?;
        for refund in &reply.refunds {
            if let RefundStatus::Other(word) = &refund.refund_status {
                undocumented::report_word("refund_status", word);
            }
        }
        Ok(reply)
    }

    /// A simulator on this machine speaks plain HTTP, where there are no certificates.
    pub(crate) fn require_certificate(&self) -> Result<(), InvalidRequest> {
        if self.exchange.is_plain_http() {
            return Ok(());
        }
        let certificate = self.certificate.as_ref();
        let certificate = certificate.ok_or(InvalidRequest::NoCertificate)?;
        let invalid = |_| InvalidRequest::CertificateNotValid {
            not_before: certificate.not_before,
            not_after: certificate.not_after,
        };
        certificate.check_time(unix_now()).map_err(invalid)
    }

    /// Downloads a day's payments (下载交易账单), row by row.
    ///
    /// # Errors
    /// See [`BillError`]; a day without payments is [`BillError::Empty`].
    pub async fn downloadbill(&self, request: BillRequest<'_>) -> Result<Bill, BillError> {
        let params = request.to_params()?;
        let sign_type = self.merchant().sign_type();
        self.exchange
            .download("/pay/downloadbill", params, sign_type)
            .await
    }

    /// Downloads a day's flows of money (下载资金账单). Needs the merchant certificate.
    ///
    /// # Errors
    /// See [`BillError`]; a day without flows is [`BillError::Empty`].
    pub async fn downloadfundflow(&self, request: FundFlowRequest<'_>) -> Result<Bill, BillError> {
        self.require_certificate()?;
        let params = request.to_params()?;
        // The only call whose sign type is WeChat's to choose.
        self.exchange
            .download("/pay/downloadfundflow", params, SignType::HmacSha256)
            .await
    }
}

fn unix_now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    i64::try_from(since.unwrap_or_default().as_secs()).unwrap_or(i64::MAX)
}

/// Says at the start which certificate is loaded, and loudly if it will not do for long.
fn announce(facts: &CertificateFacts) {
    let now = unix_now();
    let subject = facts.subject.as_str();
    let serial_number = facts.serial_number.as_str();
    match facts.check_time(now) {
        Err(error) => {
            tracing::error!(subject, serial_number, %error, "refunds will be refused");
        }
        Ok(()) if facts.not_after - now < CERTIFICATE_NOTICE_SECONDS => {
            let until = crate::beijing::format_dashed(facts.not_after);
            tracing::warn!(
                subject,
                serial_number,
                until,
                "merchant certificate expires soon"
            );
        }
        Ok(()) => tracing::info!(subject, serial_number, "merchant certificate is loaded"),
    }
}
