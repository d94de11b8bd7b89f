//! Failures of a read model.

/// Why a read model cannot go on, or answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another projector has taken over: stop.
    #[error(
        "另一进程已接管此视图，本进程停止更新；若非有意，请结束其中之一  another projector has taken over this read model and this one stops: end one of them, unless it was meant"
    )]
    Fenced,
    /// PostgreSQL is out of reach or refuses.
    #[error(
        "视图数据库不可用：请检查数据库及设置中的 database  the database of the read models refuses or is out of reach, check it and `database` of the settings: {0}"
    )]
    Database(#[from] sqlx::Error),
    /// The log cannot be read.
    #[error(transparent)]
    Log(#[from] kinward_eventlog::Error),
    /// A row does not read as its table's type, or does not serialise.
    #[error(
        "表 {table} 有一行无法读写：请重建此视图（kinward projection rebuild）  a row of {table} does not read or serialise, rebuild this read model (kinward projection rebuild): {cause}"
    )]
    Row {
        /// The table.
        table: &'static str,
        /// What is wrong.
        cause: String,
    },
    /// No generation is built whole that could become the live one.
    #[error(
        "没有建好的新一代，请先 rebuild  no generation is built whole that could be switched to: rebuild first"
    )]
    NothingToSwitchTo,
    /// No generation before the live one is kept.
    #[error(
        "没有保留上一代：尚未切换过，或已退回  no generation before this one is kept: nothing was switched yet, or it was rolled back already"
    )]
    NothingToGoBackTo,
    /// The next generation is not what the live one is.
    #[error(
        "表 {table} 不一致，未切换  table {table} differs: {live} rows live, {next} rows rebuilt; nothing was switched"
    )]
    Differs {
        /// The first table that differs.
        table: &'static str,
        /// Rows of the live one.
        live: u64,
        /// Rows of the next one.
        next: u64,
    },
    /// Nothing of that aggregate, or no such event, is parked.
    #[error("没有这样的搁置事件，请用 parked list 查看  nothing like that is parked: see parked list")]
    NotParked,
    /// The read model did not become fresh in time.
    #[error(
        "视图到达位置 {at}，未到 {wanted}：请稍后重试  the read model is at position {at}, not yet at {wanted}: try again later"
    )]
    NotFresh {
        /// Where it stands.
        at: u64,
        /// What was asked for.
        wanted: u64,
    },
}
