//! Bills: read in any cut, packed or not, complete or refused.

use std::io::Write;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use wechat_checkout_gateway::SignType;
use wechat_checkout_gateway::bill::{
    BillError, BillFormatError, BillLines, BillRequest, BillRow, BillSummary, BillType,
    FundAccount, FundFlowRequest, LINE_BYTES_MAX, column,
};
use wechat_checkout_gateway::retry::{ATTEMPTS_MAX, Retry, decide_bill};
use wechat_checkout_protocol::Fen;

use crate::merchant;
use crate::stub::Stub;

const ALL: &str = include_str!("data/bills/all.csv");
const FUND_FLOW: &str = include_str!("data/bills/fundflow.csv");

const DAY: BillRequest<'_> = BillRequest {
    bill_date: "20231115",
    bill_type: BillType::All,
};

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).expect("memory");
    encoder.finish().expect("memory")
}

/// Cuts the bytes at the given places.
fn read_cut(bytes: &[u8], size: usize) -> Result<(Vec<BillRow>, BillSummary), BillFormatError> {
    let (mut lines, mut rows) = (BillLines::default(), Vec::new());
    for piece in bytes.chunks(size.max(1)) {
        lines.feed(piece, &mut rows)?;
    }
    Ok((rows, lines.finish()?))
}

async fn download(answer: Vec<u8>) -> Result<(Vec<BillRow>, BillSummary), BillError> {
    let stub = Stub::start(move |_| std::future::ready(answer.clone())).await;
    download_from(&stub).await
}

async fn download_from(stub: &Stub) -> Result<(Vec<BillRow>, BillSummary), BillError> {
    let mut bill = stub.client(merchant::md5()).downloadbill(DAY).await?;
    let mut rows = Vec::new();
    while let Some(row) = bill.next().await? {
        rows.push(row);
    }
    Ok((rows, bill.finish().await?))
}

fn check_all(rows: &[BillRow], summary: &BillSummary) {
    let [payment, refund] = rows else {
        panic!("two rows")
    };
    assert_eq!(
        payment.get(column::TRADE_TIME),
        Some("2023-11-15 06:13:20"),
        "behind the mark"
    );
    assert_eq!(payment.get(column::BODY), Some("轻松会员商城-VIP, 月度"));
    assert_eq!(payment.fen(column::TOTAL).map(Fen::get), Some(1990));
    assert_eq!(payment.micro_yuan(column::FEE), Some(119_400));
    assert_eq!(payment.get(column::RATE_NOTE), Some(""));
    assert_eq!(payment.get("没有的列"), None);
    assert_eq!(refund.get(column::OUT_REFUND_NO), Some("late-1409811654"));
    assert_eq!(refund.fen(column::REFUND).map(Fen::get), Some(4990));
    assert_eq!(
        (refund.fen(column::FEE), refund.micro_yuan(column::FEE)),
        (None, Some(-299_400))
    );
    assert_eq!(summary.rows, 2);
    assert_eq!(
        summary.totals.fen(column::TOTAL_SUM).map(Fen::get),
        Some(1990)
    );
}

#[tokio::test]
async fn a_bill_is_downloaded_packed_and_plain() {
    for answer in [ALL.as_bytes().to_vec(), gzip(ALL)] {
        let (rows, summary) = download(answer).await.expect("a whole bill");
        check_all(&rows, &summary);
    }
}

#[tokio::test]
async fn what_is_asked_for_is_signed_as_wechat_wants_it() {
    let stub = Stub::start(|_| std::future::ready(FUND_FLOW)).await;
    let client = stub.client(merchant::md5());
    let asked = FundFlowRequest {
        bill_date: "20231115",
        account: FundAccount::Basic,
    };
    let mut bill = client.downloadfundflow(asked).await.expect("a bill");
    let row = bill.next().await.expect("readable").expect("one row");
    for amount in [column::FLOW_AMOUNT, "收支金额(元)"] {
        assert_eq!(row.fen(amount).map(Fen::get), Some(2));
    }
    assert_eq!(bill.finish().await.expect("complete").rows, 1);
    client.downloadbill(DAY).await.expect("a bill");

    let [flow, day] = &stub.seen()[..] else {
        panic!("two requests")
    };
    assert_eq!(
        (flow.path.as_str(), day.path.as_str()),
        ("/pay/downloadfundflow", "/pay/downloadbill")
    );
    // Fund flows are asked for with HMAC-SHA256, also by an MD5 merchant.
    assert_eq!(
        flow.params().get("sign_type"),
        Some(SignType::HmacSha256.as_str())
    );
    assert!(merchant::hmac().verify_addressed(flow.params()).is_ok());
    assert!(merchant::md5().verify_addressed(day.params()).is_ok());
    assert_eq!(day.params().get("bill_type"), Some("ALL"));
    assert_eq!(day.params().get("tar_type"), Some("GZIP"));
}

#[tokio::test]
async fn refusals_of_bills_are_told_apart() {
    let refusal = |code: &str, message: &str| {
        format!(
            "<xml><return_code><![CDATA[FAIL]]></return_code><return_msg><![CDATA[{message}]]>\
             </return_msg><error_code><![CDATA[{code}]]></error_code></xml>"
        )
        .into_bytes()
    };
    assert!(matches!(
        download(refusal("20002", "No Bill Exist")).await,
        Err(BillError::Empty)
    ));
    assert!(matches!(
        download(refusal("20007", "Bill Creating")).await,
        Err(BillError::NotReady)
    ));
    match download(refusal("20001", "SIGN ERROR")).await {
        Err(BillError::Refused { code, message }) => {
            assert_eq!((code.as_str(), message.as_str()), ("20001", "SIGN ERROR"));
        }
        other => panic!("{other:?}"),
    }
    // The words are as good as the numbers, in every spelling that was seen.
    let words = |text: &str| {
        let start = "<xml><return_code>FAIL</return_code><return_msg>";
        [start, text, "</return_msg></xml>"].concat().into_bytes()
    };
    for text in ["No Bill Exist", "NO Bill Exist", "no bill exist"] {
        assert!(matches!(download(words(text)).await, Err(BillError::Empty)));
    }
    assert!(matches!(
        download(words("Bill Creating")).await,
        Err(BillError::NotReady)
    ));
    assert!(matches!(
        download(words("签名失败")).await,
        Err(BillError::Refused { .. })
    ));
    let by_content = |code: &str| {
        let start = "\n<xml><return_code>SUCCESS</return_code><return_msg>OK</return_msg>\
                     <result_code>FAIL</result_code><err_code>";
        [start, code, "</err_code></xml>"].concat().into_bytes()
    };
    assert!(matches!(
        download(by_content("NO_BILL_EXIST")).await,
        Err(BillError::Empty)
    ));
    for (answer, again) in [
        (refusal("20003", "system error"), true),
        (refusal("20100", "CompressGZip Error"), true),
        (by_content("SYSTEMERROR"), true),
        (refusal("20001", "invalid bill_type"), false),
        (refusal("20002", "No Bill Exist"), false),
        (b"<html>busy</html>".to_vec(), true),
    ] {
        let error = download(answer).await.expect_err("a refusal");
        let waits = decide_bill(&error, 1) != Retry::Stop;
        assert_eq!(waits, again, "{error:?}");
        assert_eq!(decide_bill(&error, ATTEMPTS_MAX), Retry::Stop);
    }
    for date in ["", "2023-11-15", "20231315", "202311155"] {
        let stub = Stub::start(|_| std::future::ready(ALL)).await;
        let asked = BillRequest {
            bill_date: date,
            bill_type: BillType::All,
        };
        let error = stub
            .client(merchant::md5())
            .downloadbill(asked)
            .await
            .expect_err(date);
        assert!(
            matches!(error, BillError::Invalid(_)) && stub.seen().is_empty(),
            "{date}: {error:?}"
        );
    }
}

#[tokio::test]
async fn a_broken_download_is_never_a_whole_bill() {
    let packed = gzip(ALL);
    for kept in [0, 1, 5, 12, packed.len() / 2, packed.len() - 1] {
        let error = download(packed[..kept].to_vec())
            .await
            .expect_err("cut off");
        assert!(
            matches!(error, BillError::Format(_) | BillError::Damaged(_)),
            "{kept}: {error:?}"
        );
    }
    let mut damaged = packed.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 0xFF;
    assert!(download(damaged).await.is_err());

    let stub = Stub::start(|_| {
        let chunks = [
            Ok(ALL.as_bytes()[..300].to_vec()),
            Err(std::io::Error::other("cut")),
        ];
        let body = Body::from_stream(futures_util::stream::iter(chunks));
        std::future::ready(Response::new(body).into_response())
    })
    .await;
    let error = download_from(&stub)
        .await
        .expect_err("the connection broke");
    assert!(matches!(error, BillError::Transport(_)), "{error:?}");
}

/// A few kilobytes that unpack to a gigabyte must not be unpacked as one.
#[tokio::test]
async fn a_packed_bomb_is_stopped_at_its_first_endless_line() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let zeros = vec![b'0'; 1024 * 1024];
    for _ in 0..32 {
        encoder.write_all(&zeros).expect("memory");
    }
    let error = download(encoder.finish().expect("memory"))
        .await
        .expect_err("a bomb");
    assert!(
        matches!(
            error,
            BillError::Format(BillFormatError::LineTooLong { line: 1 })
        ),
        "{error:?}"
    );
}

#[test]
fn lines_that_do_not_fit_are_refused() {
    use BillFormatError::*;
    let lines: Vec<_> = ALL.lines().collect();
    let [header, first, second, sums, totals] = lines[..] else {
        panic!("five lines")
    };
    let check = |lines: &[&str], expected: BillFormatError| {
        assert_eq!(
            read_cut(lines.join("\r\n").as_bytes(), 100).map(|_| ()),
            Err(expected),
            "{lines:?}"
        );
    };
    check(&[""], Truncated);
    check(&[first, second, sums, totals], Misfit { line: 1 });
    check(&["<html>"], Misfit { line: 1 });
    check(&[header, first, second], Truncated);
    check(&[header, first, second, sums], Truncated);
    check(
        &[header, first, sums, totals],
        WrongCount {
            found: 1,
            expected: 2,
        },
    );
    check(
        &[header, first, second, second, sums, totals],
        WrongCount {
            found: 3,
            expected: 2,
        },
    );
    check(&[header, "`1,`2", second, sums, totals], Misfit { line: 2 });
    check(&[header, first, second, sums, "`2"], Misfit { line: 5 });
    check(
        &[header, first, second, sums, totals, first],
        Misfit { line: 6 },
    );
    check(&[header, first, second, "a", "`2"], NoCount);
    let endless = "x".repeat(LINE_BYTES_MAX + 1);
    check(&[&endless], LineTooLong { line: 1 });
    check(&[header, &endless], LineTooLong { line: 2 });
    assert_eq!(
        read_cut(b"a\n\xFF\n", 100).map(|_| ()),
        Err(NotUtf8 { line: 2 })
    );
}

proptest! {
    #[test]
    fn a_bill_reads_the_same_however_it_is_cut(size in 1_usize..2000) {
        let (rows, summary) = read_cut(ALL.as_bytes(), size).expect("a whole bill");
        check_all(&rows, &summary);
    }

    #[test]
    fn damaged_bills_are_read_or_refused_but_never_a_panic(
        at in any::<prop::sample::Index>(),
        bytes in prop::collection::vec(any::<u8>(), 0..8),
        size in 1_usize..200,
    ) {
        let mut bill = ALL.as_bytes().to_vec();
        let at = at.index(bill.len());
        bill.splice(at..(at + bytes.len()).min(ALL.len()), bytes);
        if let Ok((rows, summary)) = read_cut(&bill, size) {
            prop_assert_eq!(u64::try_from(rows.len()), Ok(summary.rows));
        }
    }
}
