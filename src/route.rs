//! Which page an address means.

use wechat_checkout_protocol::{OrderId, ProductId};

use crate::browser::Query;

/// The pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// `/`.
    Shop,
    /// No address of its own: becomes [`Route::Order`] as soon as the server has issued the order.
    Buy {
        /// From the catalogue.
        product_id: ProductId,
        /// Units.
        quantity: u32,
    },
    /// `/?order=<id>`: what a reload, a shared code and the sign-in come back to.
    Order(OrderId),
    /// `/?view=orders`.
    MyOrders,
}

const ORDER: &str = "order";
const VIEW: &str = "view";
const VIEW_ORDERS: &str = "orders";

impl Route {
    /// Reads the page's address. An order number that is none leads to the shop.
    #[must_use]
    pub fn current() -> Route {
        let query = Query::current();
        let order = query.get(ORDER).and_then(|text| OrderId::parse(text).ok());
        match (order, query.get(VIEW).as_deref()) {
            (Some(order_id), _) => Route::Order(order_id),
            (None, Some(VIEW_ORDERS)) => Route::MyOrders,
            (None, _) => Route::Shop,
        }
    }

    /// The page's query for this route; other values of it, such as `lang`, stay.
    #[must_use]
    pub fn query(&self) -> Query {
        let query = Query::current().without(ORDER).without(VIEW);
        match self {
            Route::Shop | Route::Buy { .. } => query,
            Route::Order(order_id) => query.with(ORDER, order_id.as_str()),
            Route::MyOrders => query.with(VIEW, VIEW_ORDERS),
        }
    }
}
