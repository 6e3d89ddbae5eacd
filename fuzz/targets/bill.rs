//! A bill reads the same however it is cut, its rows are counted, and no amount is guessed.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wechat_checkout_gateway::bill::{
    BillFormatError, BillLines, BillRow, BillSummary, yuan_to_fen, yuan_to_micro,
};

type Outcome = Result<(Vec<BillRow>, BillSummary), BillFormatError>;

fn read(bill: &[u8], piece_bytes: usize) -> Outcome {
    let (mut lines, mut rows) = (BillLines::default(), Vec::new());
    for piece in bill.chunks(piece_bytes) {
        lines.feed(piece, &mut rows)?;
    }
    let summary = lines.finish()?;
    Ok((rows, summary))
}

fuzz_target!(|input: &[u8]| {
    // The first byte says how the rest is cut.
    let Some((&cut, bill)) = input.split_first() else {
        return;
    };
    let whole = read(bill, bill.len().max(1));
    assert_eq!(
        whole,
        read(bill, usize::from(cut).max(1)),
        "cut into pieces of {cut}"
    );
    let Ok((rows, summary)) = whole else {
        return;
    };
    assert_eq!(u64::try_from(rows.len()), Ok(summary.rows));
    for (column, cell) in rows.iter().flat_map(BillRow::iter) {
        let _ = column;
        if let Some(fen) = yuan_to_fen(cell) {
            // An amount of whole fen is the same amount in millionths.
            assert_eq!(yuan_to_micro(cell), fen.get().checked_mul(10_000), "{cell}");
        }
    }
});
