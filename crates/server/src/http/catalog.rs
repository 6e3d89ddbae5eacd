//! `GET /api/catalog`.

use axum::Json;
use axum::extract::State;
use wechat_checkout_protocol::{CatalogView, Problem, ProductKind, ProductView, routes};

use super::answer::Refused;
use crate::app::SharedApp;

/// What is sold, with the stock as it is now.
#[utoipa::path(
    get, path = routes::CATALOG,
    responses(
        (status = 200, description = "what is sold", body = CatalogView),
        (status = 503, description = "asking again is safe", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn get_catalog(
    State(app): State<SharedApp>,
) -> Result<Json<CatalogView>, Refused> {
    let stock = app.stock.left().await?;
    let products = app
        .catalog
        .products
        .iter()
        .map(|product| ProductView {
            id: product.id.clone(),
            kind: product.kind(),
            title: product.title.clone(),
            title_translations: product.title_translations.clone(),
            subtitle: product.subtitle.clone(),
            subtitle_translations: product.subtitle_translations.clone(),
            description: product.description.clone(),
            validity: product.validity.clone(),
            how_to_use: product.how_to_use.clone(),
            vip_days: product.vip_days(),
            price: product.price,
            price_before: product.price_before,
            is_best_value: product.is_best_value,
            stock_left: match product.kind() {
                ProductKind::Vip => None,
                ProductKind::Voucher => Some(stock.get(&product.id).copied().unwrap_or(0)),
            },
        })
        .collect();
    Ok(Json(CatalogView {
        merchant_name: app.shop.name.clone(),
        products,
    }))
}
