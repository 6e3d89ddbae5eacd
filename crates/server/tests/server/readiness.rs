//! Ready means that a commit works: on a disk that is full, and with a standby that is gone.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use reqwest::{Client, StatusCode};

use crate::cluster::{Cluster, Database};
use crate::shop::{self, DEADLINE, Shop};

/// A probe's limit, and what a loaded machine adds.
const ANSWERED_WITHIN: Duration = Duration::from_secs(4);

async fn readyz(http: &Client, server: &str) -> StatusCode {
    let asked = Instant::now();
    let answer = http.get(format!("{server}/readyz")).send().await.unwrap();
    assert!(asked.elapsed() < ANSWERED_WITHIN, "{:?}", asked.elapsed());
    answer.status()
}

/// Asks until the answer is as it should be: a good result is everybody's for a second.
async fn until_ready_is(http: &Client, server: &str, expected: StatusCode) {
    let asking = async {
        while readyz(http, server).await != expected {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let asked = tokio::time::timeout(DEADLINE, asking).await;
    assert!(asked.is_ok(), "it never answered {expected}");
}

async fn set_standby(session: &tokio_postgres::Client, name: &str) {
    for sql in [
        &format!("ALTER SYSTEM SET synchronous_standby_names = '{name}'"),
        "SELECT pg_reload_conf()",
    ] {
        session.batch_execute(sql).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_standby_that_is_gone_makes_the_server_not_ready_and_leaves_no_sessions_behind() {
    let cluster = Cluster::start();
    let database = Database::create_on(&cluster).await;
    let shop = Shop::open_on(database.url().as_str()).await;
    let server = shop.server.url();
    let http = Client::new();
    assert_eq!(readyz(&http, &server).await, StatusCode::OK);

    let session = database.session().await;
    set_standby(&session, "nobody").await;
    until_ready_is(&http, &server, StatusCode::SERVICE_UNAVAILABLE).await;
    // More than one result's time, and many at once: one probe answers them all.
    for _ in 0..3 {
        let asked = (0..20).map(|_| readyz(&http, &server));
        let answers = futures_util::future::join_all(asked).await;
        let unready = |status: &StatusCode| *status == StatusCode::SERVICE_UNAVAILABLE;
        assert!(answers.iter().all(unready), "{answers:?}");
        let waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
        let count: i64 = session.query_one(waiting, &[]).await.unwrap().get(0);
        assert!(count <= 1, "{count} sessions wait for the standby");
    }
    set_standby(&session, "").await;
    until_ready_is(&http, &server, StatusCode::OK).await;
}

/// A server whose files cannot grow beyond some size, as on a full disk. It ends with this value.
struct Confined(Child);

impl Confined {
    /// Starts it and says where it listens. `blocks` are of 512 bytes.
    fn start(config_file: &Path, blocks: u32) -> (Confined, String) {
        // Without the trap the signal would end the process, where a full disk is an error.
        let limited = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" --config \"$1\"");
        let mut child = Command::new("sh")
            .args(["-c", &limited, env!("CARGO_BIN_EXE_wechat-checkout-server")])
            .arg(config_file)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let _ = stdout.read_line(&mut line).unwrap();
        let url = line.trim_end().strip_prefix("listening ").unwrap();
        (Confined(child), url.to_owned())
    }
}

impl Drop for Confined {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_makes_the_server_not_ready() {
    let (folder, wechat) = shop::prepare().await;
    let config_file = folder.join("checkout.toml");
    std::fs::write(&config_file, shop::config(&wechat)).unwrap();
    let (_server, url) = Confined::start(&config_file, 4_096);
    wechat.set_page(url.parse().unwrap());
    let http = Client::new();
    assert_eq!(readyz(&http, &url).await, StatusCode::OK);

    let mut last = StatusCode::OK;
    for buyer in 0..300 {
        let buyer = shop::sign_in(&wechat, &url, &format!("buyer-{buyer}")).await;
        let placed = buyer.try_order("vip-month", "key-of-the-first-wish").await;
        last = placed.status();
        if last != StatusCode::OK {
            break;
        }
    }
    assert_eq!(last, StatusCode::SERVICE_UNAVAILABLE, "the disk is full");
    until_ready_is(&http, &url, StatusCode::SERVICE_UNAVAILABLE).await;
    assert_eq!(readyz(&http, &url).await, StatusCode::SERVICE_UNAVAILABLE);
}
