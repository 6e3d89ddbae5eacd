//! QR codes of this shop's addresses: drawn beside the requests, at a bounded rate, and remembered.
//!
//! Drawing one costs as much time as some hundred other requests, and anybody may ask.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use tokio::sync::Semaphore;

use crate::limit::Bucket;

/// Codes remembered; the one not asked for longest is forgotten. Each has some 30 kB.
const REMEMBERED_MAX: usize = 128;

/// Codes drawn a second, over some time; a second's worth may be drawn at once.
const DRAWN_PER_SECOND: u32 = 10;

/// Draws QR codes.
#[derive(Debug)]
pub struct QrCodes {
    /// The newest asked for is last.
    remembered: Mutex<VecDeque<(String, Bytes)>>,
    rate: Bucket,
    /// One at a time: the other cores are for orders.
    pen: Semaphore,
}

/// Why there is no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DrawError {
    /// Too many were asked for; the next can be drawn after this time.
    #[error("too many QR codes are asked for")]
    TooMany(Duration),
    /// No QR code is that large.
    #[error("the address is too long for a QR code")]
    TooLong,
}

impl Default for QrCodes {
    fn default() -> QrCodes {
        QrCodes {
            remembered: Mutex::default(),
            rate: Bucket::per_second(DRAWN_PER_SECOND, Duration::from_secs(1)),
            pen: Semaphore::new(1),
        }
    }
}

impl QrCodes {
    /// The code of an address, as SVG.
    ///
    /// # Errors
    /// See [`DrawError`].
    pub async fn svg(&self, address: &str) -> Result<Bytes, DrawError> {
        if let Some(image) = self.recall(address) {
            return Ok(image);
        }
        self.rate.ask(Instant::now()).map_err(DrawError::TooMany)?;
        let _pen = self.pen.acquire().await;
        if let Some(image) = self.recall(address) {
            return Ok(image);
        }
        let text = address.to_owned();
        let drawn = tokio::task::spawn_blocking(move || draw(&text)).await;
        let image = drawn.unwrap_or(Err(DrawError::TooLong))?;
        self.remember(address, image.clone());
        Ok(image)
    }

    fn recall(&self, address: &str) -> Option<Bytes> {
        let mut remembered = self
            .remembered
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let position = remembered.iter().position(|(known, _)| known == address)?;
        let found = remembered.remove(position)?;
        let image = found.1.clone();
        remembered.push_back(found);
        Some(image)
    }

    fn remember(&self, address: &str, image: Bytes) {
        let mut remembered = self
            .remembered
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= REMEMBERED_MAX {
            let _ = remembered.pop_front();
        }
        remembered.push_back((address.to_owned(), image));
    }
}

fn draw(address: &str) -> Result<Bytes, DrawError> {
    let code = QrCode::with_error_correction_level(address.as_bytes(), EcLevel::M)
        .map_err(|_| DrawError::TooLong)?;
    let image = code
        .render::<svg::Color<'_>>()
        .min_dimensions(240, 240)
        .dark_color(svg::Color("#111111"))
        .light_color(svg::Color("#ffffff"))
        .build();
    Ok(Bytes::from(image))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn strange_codes_are_drawn_at_a_bounded_rate_and_known_ones_always() {
        let codes = QrCodes::default();
        let shop = codes.svg("https://shop.example/").await.expect("drawn");
        // All at once, so that it does not matter how long one takes.
        let drawn = futures_util::future::join_all((0..100).map(|number| {
            let codes = &codes;
            async move { codes.svg(&format!("https://shop.example/{number}")).await }
        }));
        let refused = drawn.await.iter().filter(|drawn| drawn.is_err()).count();
        assert!(refused > 0, "nobody stopped it");
        assert_eq!(codes.svg("https://shop.example/").await, Ok(shop));
    }

    #[test]
    fn what_nobody_asks_for_is_forgotten() {
        let codes = QrCodes::default();
        codes.remember("asked for", Bytes::new());
        for number in 0..REMEMBERED_MAX * 2 {
            codes.remember(&number.to_string(), Bytes::new());
            assert!(codes.recall("asked for").is_some());
        }
        assert!(codes.recall("0").is_none());
        let kept = codes.remembered.lock().expect("nobody panicked").len();
        assert_eq!(kept, REMEMBERED_MAX);
    }
}
