//! `GET /api/benefits`.

use axum::Json;
use axum::extract::State;
use wechat_checkout_protocol::{BenefitsView, Problem, routes};

use super::answer::Refused;
use super::buyer::Buyer;
use crate::app::SharedApp;

/// What the buyer owns now.
#[utoipa::path(
    get, path = routes::BENEFITS,
    responses(
        (status = 200, description = "what the buyer owns", body = BenefitsView),
        (status = 401, description = "no session", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "asking again is safe", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn get_benefits(
    State(app): State<SharedApp>,
    Buyer(openid): Buyer,
) -> Result<Json<BenefitsView>, Refused> {
    Ok(Json(app.store.benefits_of(&openid).await?))
}
