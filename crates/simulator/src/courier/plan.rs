//! Which notifications follow a payment in which scenario, and when.

use wechat_checkout_gateway::{Params, notification, xml};

use super::message::{self, Signer};
use super::outbox::NotificationKind;
use crate::account::MerchantAccount;
use crate::ledger::refund::Refund;
use crate::ledger::trade::{Payment, Trade};
use crate::scenario::Scenario;

/// The bridge usually answers the page before the notification reaches the server.
const USUAL_DELAY_MS: i64 = 300;
/// "Seconds to tens of seconds of delay are normal."
const LATE_DELAY_MS: i64 = 20_000;
/// Hostile messages come first, so that a server that believes them is caught before the truth.
const AFTER_HOSTILE_DELAY_MS: i64 = 3_000;
const OVERTAKEN_DELAY_MS: i64 = 60_000;
/// Past the sheet's second answer, so that the page hears of the payment from the sheet first.
const AFTER_SECOND_ANSWER_DELAY_MS: i64 = 3_000;
const STORM_COPIES: usize = 20;

/// When the first attempt is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FirstAttempt {
    /// So many simulated milliseconds from now.
    After(i64),
    /// As soon as another notification was delivered, at the latest after a minute.
    Overtaken,
    /// Only by hand.
    Never,
}

impl FirstAttempt {
    pub(crate) const fn delay_ms(self) -> Option<i64> {
        match self {
            FirstAttempt::After(ms) => Some(ms),
            FirstAttempt::Overtaken => Some(OVERTAKEN_DELAY_MS),
            FirstAttempt::Never => None,
        }
    }
}

/// A message to be sent.
#[derive(Debug)]
pub(crate) struct Planned {
    pub(crate) kind: NotificationKind,
    pub(crate) body: String,
    pub(crate) first: FirstAttempt,
}

/// Composes all messages that follow a payment.
pub(crate) fn after_payment(
    account: &MerchantAccount,
    trade: &Trade,
    payment: &Payment,
    scenario: Scenario,
) -> Vec<Planned> {
    let signer = Signer {
        account,
        sign_type: trade.terms.sign_type,
    };
    let truth = message::payment(signer, trade, payment);
    let hostile = hostile_messages(signer, trade, payment, &truth, scenario);
    let (copies, first) = true_delivery(scenario);
    let body = xml::write(&truth);
    let true_messages = (0..copies).map(|_| Planned {
        kind: NotificationKind::Payment,
        body: body.clone(),
        first,
    });
    let mut planned = hostile;
    planned.extend(true_messages);
    planned
}

/// Composes the message that follows the end of a refund.
pub(crate) fn after_refund(account: &MerchantAccount, trade: &Trade, refund: &Refund) -> Planned {
    let merchant = account.signing(trade.terms.sign_type);
    Planned {
        kind: NotificationKind::Refund,
        body: notification::write_refund(merchant, &message::refund(trade, refund)),
        first: FirstAttempt::After(USUAL_DELAY_MS),
    }
}

/// How often the truth is told, and when.
fn true_delivery(scenario: Scenario) -> (usize, FirstAttempt) {
    match scenario {
        Scenario::NotifyFirst => (1, FirstAttempt::After(0)),
        Scenario::NotifyLate => (1, FirstAttempt::After(LATE_DELAY_MS)),
        Scenario::NotifyLost => (1, FirstAttempt::Never),
        Scenario::NotifyTwice => (2, FirstAttempt::After(USUAL_DELAY_MS)),
        Scenario::NotifyStorm => (STORM_COPIES, FirstAttempt::After(USUAL_DELAY_MS)),
        Scenario::CancelThenOk => (1, FirstAttempt::After(AFTER_SECOND_ANSWER_DELAY_MS)),
        Scenario::NotifyReordered => (1, FirstAttempt::Overtaken),
        Scenario::NotifyForged | Scenario::WrongMerchant | Scenario::SignatureProbe => {
            (1, FirstAttempt::After(AFTER_HOSTILE_DELAY_MS))
        }
        _ => (1, FirstAttempt::After(USUAL_DELAY_MS)),
    }
}

fn hostile_messages(
    signer: Signer<'_>,
    trade: &Trade,
    payment: &Payment,
    truth: &Params,
    scenario: Scenario,
) -> Vec<Planned> {
    let stranger = stranger();
    let foreign = Signer {
        account: &stranger,
        sign_type: signer.sign_type,
    };
    let now = FirstAttempt::After(0);
    let send = |kind, params: &Params| Planned {
        kind,
        body: xml::write(params),
        first: now,
    };
    match scenario {
        Scenario::NotifyForged => vec![
            send(
                NotificationKind::ForgedKey,
                &message::payment(foreign, trade, payment),
            ),
            send(
                NotificationKind::ForgedUnsigned,
                &message::without_signature(signer, trade, payment),
            ),
            send(
                NotificationKind::ForgedAmount,
                &message::with_changed_amount(signer, trade, payment),
            ),
        ],
        Scenario::WrongMerchant => {
            let mut params = truth.clone();
            params.set("appid", stranger.appid());
            params.set("mch_id", stranger.mch_id());
            foreign.sign(&mut params);
            vec![send(NotificationKind::ForeignMerchant, &params)]
        }
        Scenario::SignatureProbe => vec![
            send(
                NotificationKind::ProbeSignature,
                &message::with_broken_signature(signer, trade, payment),
            ),
            Planned {
                kind: NotificationKind::ProbeEntity,
                body: message::entity_probe(truth),
                first: now,
            },
        ],
        _ => vec![],
    }
}

/// A well-formed merchant that no test server knows.
fn stranger() -> MerchantAccount {
    MerchantAccount::new(
        "wx5100000000000099",
        "1900000099",
        "AnotherMerchantsKeyNobodyKnows01",
        "AnotherMerchantsSecretNobodyKnow",
        "别家商户",
    )
    .expect("the stranger's account is well-formed")
}
