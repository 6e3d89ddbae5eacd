//! `GET /api/benefits`.

use axum::Json;
use axum::extract::State;
use wechat_checkout_protocol::BenefitsView;

use super::answer::Refused;
use super::buyer::Buyer;
use crate::app::SharedApp;

/// What the buyer owns now.
pub(super) async fn get_benefits(
    State(app): State<SharedApp>,
    Buyer(openid): Buyer,
) -> Result<Json<BenefitsView>, Refused> {
    Ok(Json(app.store.benefits_of(&openid).await?))
}
