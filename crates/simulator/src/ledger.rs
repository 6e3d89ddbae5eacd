//! The platform's books: which trades exist, and the rules by which they change.

pub(crate) mod coupon;
pub(crate) mod numbers;
pub(crate) mod refund;
pub(crate) mod trade;

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap};

use wechat_checkout_protocol::{Fen, UnixMillis};

use self::coupon::Coupon;
use self::trade::{Payment, Prepay, Standing, Terms, Trade, TradeKey, TradeState};

/// More trades than any test places; the bound only keeps a runaway loop from eating the memory.
const TRADES_MAX: usize = 1_000_000;
/// 订单生成后不能马上调用关单接口，最短调用时间间隔为5分钟.
pub(crate) const CLOSE_AFTER_MS: i64 = 5 * 60 * 1000;

/// Why an order was not placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PlaceRefusal {
    Paid,
    Closed,
    /// The number is known with other parameters.
    DifferentTerms,
    /// The number belongs to a trade of another kind or appid.
    NumberUsed,
    /// The books are full.
    Full,
}

/// Why the buyer could not pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PayRefusal {
    NoSuchTrade,
    Paid,
    Closed,
}

/// Why a trade was not closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CloseRefusal {
    NoSuchTrade,
    Paid,
    Closed,
    TooEarly,
}

/// All trades, and the ways to find one.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    trades: BTreeMap<TradeKey, Trade>,
    by_prepay_id: HashMap<String, TradeKey>,
    by_transaction_id: HashMap<String, TradeKey>,
    /// Which trade a refund belongs to, by merchant and `out_refund_no`.
    refunded_trades: HashMap<(String, String), TradeKey>,
}

impl Ledger {
    /// Places an order, or finds the one that was placed with the same number and parameters.
    ///
    /// A repeated call returns the same prepay session while that lives, and a fresh one after.
    pub(crate) fn place(&mut self, terms: Terms, now: UnixMillis) -> Result<&Trade, PlaceRefusal> {
        let is_full = self.trades.len() >= TRADES_MAX;
        let key = terms.key.clone();
        match self.trades.entry(key.clone()) {
            Entry::Vacant(_) if is_full => Err(PlaceRefusal::Full),
            Entry::Vacant(entry) => {
                let prepay = Prepay {
                    id: numbers::prepay_id(now),
                    issued_at: now,
                };
                self.by_prepay_id.insert(prepay.id.clone(), key);
                let standing = Standing::Unpaid;
                Ok(entry.insert(Trade {
                    terms,
                    placed_at: now,
                    prepay,
                    standing,
                    refunds: vec![],
                }))
            }
            Entry::Occupied(entry) => {
                let trade = entry.into_mut();
                refuse_changed_terms(trade, &terms, now)?;
                if trade.is_prepay_expired(now) {
                    self.by_prepay_id.remove(&trade.prepay.id);
                    trade.prepay = Prepay {
                        id: numbers::prepay_id(now),
                        issued_at: now,
                    };
                    self.by_prepay_id.insert(trade.prepay.id.clone(), key);
                }
                Ok(trade)
            }
        }
    }

    /// Takes the buyer's money. A trade that is closed or paid takes none.
    pub(crate) fn pay(
        &mut self,
        key: &TradeKey,
        payer: &str,
        total_fee: Fen,
        coupons: Vec<Coupon>,
        now: UnixMillis,
    ) -> Result<&Trade, PayRefusal> {
        let trade = self.trades.get_mut(key).ok_or(PayRefusal::NoSuchTrade)?;
        match trade.state(now) {
            TradeState::Success | TradeState::Refund => return Err(PayRefusal::Paid),
            TradeState::Closed => return Err(PayRefusal::Closed),
            TradeState::NotPay => {}
        }
        Ok(Self::take_money(
            &mut self.by_transaction_id,
            trade,
            payer,
            (total_fee, coupons),
            now,
        ))
    }

    /// Takes money although the trade is closed: a payment that the buyer's bank had already begun.
    pub(crate) fn pay_after_close(
        &mut self,
        key: &TradeKey,
        payer: &str,
        now: UnixMillis,
    ) -> Result<&Trade, PayRefusal> {
        let trade = self.trades.get_mut(key).ok_or(PayRefusal::NoSuchTrade)?;
        if trade.payment().is_some() {
            return Err(PayRefusal::Paid);
        }
        let total_fee = trade.terms.total_fee;
        Ok(Self::take_money(
            &mut self.by_transaction_id,
            trade,
            payer,
            (total_fee, vec![]),
            now,
        ))
    }

    fn take_money<'a>(
        by_transaction_id: &mut HashMap<String, TradeKey>,
        trade: &'a mut Trade,
        payer: &str,
        (total_fee, coupons): (Fen, Vec<Coupon>),
        now: UnixMillis,
    ) -> &'a Trade {
        let transaction_id = numbers::transaction_id(now);
        by_transaction_id.insert(transaction_id.clone(), trade.terms.key.clone());
        let payer = payer.to_owned();
        trade.standing = Standing::Paid(Payment {
            transaction_id,
            payer,
            total_fee,
            coupons,
            paid_at: now,
        });
        trade
    }

    /// Closes an unpaid trade, not before it is five minutes old.
    pub(crate) fn close(&mut self, key: &TradeKey, now: UnixMillis) -> Result<(), CloseRefusal> {
        let trade = self.trades.get_mut(key).ok_or(CloseRefusal::NoSuchTrade)?;
        match trade.state(now) {
            TradeState::Success | TradeState::Refund => Err(CloseRefusal::Paid),
            TradeState::Closed => Err(CloseRefusal::Closed),
            TradeState::NotPay if now.since_ms(trade.placed_at) < CLOSE_AFTER_MS => {
                Err(CloseRefusal::TooEarly)
            }
            TradeState::NotPay => {
                trade.standing = Standing::Closed;
                Ok(())
            }
        }
    }

    /// Finds by the merchant's number.
    pub(crate) fn trade(&self, key: &TradeKey) -> Option<&Trade> {
        self.trades.get(key)
    }

    /// Finds by the session the buyer pays in. Renewed sessions are forgotten.
    pub(crate) fn trade_by_prepay_id(&self, prepay_id: &str) -> Option<&Trade> {
        self.by_prepay_id
            .get(prepay_id)
            .and_then(|key| self.trades.get(key))
    }

    /// Finds a merchant's trade by the platform's number.
    pub(crate) fn trade_by_transaction_id(
        &self,
        mch_id: &str,
        transaction_id: &str,
    ) -> Option<&Trade> {
        let key = self.by_transaction_id.get(transaction_id)?;
        if key.mch_id == mch_id {
            self.trades.get(key)
        } else {
            None
        }
    }

    /// All trades, by merchant and number.
    pub(crate) fn trades(&self) -> impl Iterator<Item = &Trade> {
        self.trades.values()
    }
}

/// A number that is known can be placed again only while it is unpaid, and only unchanged.
fn refuse_changed_terms(trade: &Trade, terms: &Terms, now: UnixMillis) -> Result<(), PlaceRefusal> {
    if trade.terms.appid != terms.appid || trade.terms.trade_type != terms.trade_type {
        return Err(PlaceRefusal::NumberUsed);
    }
    match trade.state(now) {
        TradeState::Success | TradeState::Refund => Err(PlaceRefusal::Paid),
        TradeState::Closed => Err(PlaceRefusal::Closed),
        TradeState::NotPay if trade.terms.compared != terms.compared => {
            Err(PlaceRefusal::DifferentTerms)
        }
        TradeState::NotPay => Ok(()),
    }
}
