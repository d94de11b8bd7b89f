//! What is refused at the start: a stream that is not as it must be, a server that cannot be asked.

use async_nats::jetstream::stream::{Config, RetentionPolicy, Source, SubjectTransform};
use kinward_eventlog::{Error, Log, LogSettings};
use kinward_testkit::TestLog;

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_differs_is_refused_with_what_to_do() {
    let server = TestLog::start().await;
    drop(server.log().await);
    let client = async_nats::connect(server.settings().servers[0].clone()).await.unwrap();
    let streams = async_nats::jetstream::new(client);
    let sound = streams.get_stream("EVENTS").await.unwrap().cached_info().config.clone();
    let source = || Source { name: "OTHER".to_owned(), ..Source::default() };
    let transform = || SubjectTransform { source: "kw.>".to_owned(), destination: "kw.x.>".to_owned() };
    let cases: [(&str, Config); 7] = [
        ("retention", Config { retention: RetentionPolicy::Interest, ..sound.clone() }),
        ("sources", Config { sources: Some(vec![source()]), ..sound.clone() }),
        ("subject_transform", Config { subject_transform: Some(transform()), ..sound.clone() }),
        ("max_msg_size", Config { max_message_size: 100_000, ..sound.clone() }),
        ("allow_msg_ttl", Config { allow_message_ttl: true, ..sound.clone() }),
        ("max_consumers", Config { max_consumers: 10, ..sound.clone() }),
        ("no_ack", Config { no_ack: true, allow_atomic_publish: true, ..sound.clone() }),
    ];
    let mut by_us = 0;
    for (what, config) in cases {
        streams.delete_stream("EVENTS").await.unwrap();
        if let Err(error) = streams.create_stream(config).await {
            // what the server itself refuses need not be found by us
            println!("{what}: {error}");
            streams.create_stream(sound.clone()).await.unwrap();
            continue;
        }
        let refused = Log::connect(server.settings().clone()).await;
        let Err(Error::Misconfigured(told)) = &refused else { panic!("{what}: {refused:?}") };
        assert!(told.contains(what) && told.contains("请用") && told.contains("Correct it"), "{told}");
        by_us += 1;
    }
    assert!(by_us >= 4, "{by_us}: the server refuses the others itself");
    streams.delete_stream("EVENTS").await.unwrap();
    streams.create_stream(Config { mirror: Some(source()), subjects: Vec::new(), ..plain() }).await.unwrap();
    let refused = Log::connect(server.settings().clone()).await;
    assert!(matches!(refused, Err(Error::Misconfigured(_))), "{refused:?}");
    streams.delete_stream("EVENTS").await.unwrap();
    streams.create_stream(sound).await.unwrap();
    Log::connect(server.settings().clone()).await.unwrap();
}

fn plain() -> Config {
    Config { name: "EVENTS".to_owned(), ..Config::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn most_servers_that_are_configured_must_have_answered() {
    let server = TestLog::start().await;
    drop(server.log().await);
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let away = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let there = server.settings().monitors[0].clone();
    let with = |monitors: Vec<String>| LogSettings { monitors, ..server.settings().clone() };
    let refused = Log::connect(with(vec![there.clone(), away.clone()])).await;
    assert!(matches!(&refused, Err(Error::Unavailable(told)) if told.contains(&away)), "{refused:?}");
    // one of three that is down keeps nobody from starting
    Log::connect(with(vec![there.clone(), there, away])).await.unwrap();
}
