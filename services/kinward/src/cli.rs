//! What the command line takes. Its help is for people who know nothing yet, Chinese first.

use clap::builder::PossibleValuesParser;
use clap::{Parser, Subcommand};
use kinward::analysts::{Place, Quasi};
use kinward::{kinds, people, services};
use std::path::PathBuf;

/// 守望：一个区的农村留守儿童关爱保护系统  Kinward: the care and protection system of a district for its left-behind children
#[derive(Parser)]
#[command(version, about, long_about = None)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// 运行服务，直到收到结束信号  Runs services until it is asked to end
    ///
    /// 生产环境中每个服务是一个进程；同一进程中的多个服务从配置的端口起依次监听。
    /// In production each is its own process. Several in one listen on consecutive ports, from that of the settings on.
    Serve {
        /// 服务名  Which ones
        #[arg(required = true, value_parser = services_or_all())]
        services: Vec<String>,
        /// 配置文件；每一项也可来自环境变量  Settings file; every key may also come from the environment, as KINWARD__LOG__LOG_ID
        #[arg(long)]
        config: Option<PathBuf>,
        /// 打印生效的配置（隐去密钥）后结束  Prints the effective settings, secrets hidden, and ends
        #[arg(long)]
        print_config: bool,
    },
    /// 在本机启动全部服务并演示一份报告的全过程  Starts everything on this machine and plays the story
    Dev {
        /// 保存数据的文件夹，下次从此继续  Folder of everything that is kept between runs
        #[arg(long, default_value = ".kinward")]
        folder: PathBuf,
        /// 生成的儿童人数  Children to generate
        #[arg(long, default_value_t = 5_000)]
        population: u64,
        /// 演示后即结束  Ends after the story instead of running on
        #[arg(long)]
        once: bool,
    },
    /// 查看日志  Reads the log
    Log {
        #[command(subcommand)]
        command: LogCommand,
        /// 配置文件，默认为 `kinward dev` 所写  Settings file; by default that of `kinward dev`
        #[arg(long, global = true, default_value = ".kinward/settings.toml")]
        config: PathBuf,
    },
    /// 某时的儿童档案或案件状态（JSON）  The state of a child's file or a custody case, now or as of then
    State {
        #[arg(help = format!("对象种类  One of {}", kinds::names_with_state()))]
        kind: String,
        /// 编号  Its id
        id: String,
        /// 位置或时间，默认现在  A position or a time; by default now
        #[arg(long)]
        as_of: Option<Place>,
        /// 配置文件，默认为 `kinward dev` 所写  Settings file; by default that of `kinward dev`
        #[arg(long, default_value = ".kinward/settings.toml")]
        config: PathBuf,
    },
    /// 各部门的视图  Read models of the departments
    Projection {
        #[command(subcommand)]
        command: ProjectionCommand,
        /// 配置文件，默认为 `kinward dev` 所写  Settings file; by default that of `kinward dev`
        #[arg(long, global = true, default_value = ".kinward/settings.toml")]
        config: PathBuf,
    },
    /// 个人信息的密钥  Keys of personal data
    Keys {
        #[command(subcommand)]
        command: KeysCommand,
        /// 配置文件，默认为 `kinward dev` 所写  Settings file; by default that of `kinward dev`
        #[arg(long, global = true, default_value = ".kinward/settings.toml")]
        config: PathBuf,
    },
    /// 导入填好的文件  Takes in files that people filled in
    Import {
        #[command(subcommand)]
        command: ImportCommand,
    },
    /// 签发开发令牌，用于试用接口  Issues a development token for trying the APIs
    Token {
        /// 身份  As whom
        #[arg(value_parser = PossibleValuesParser::new(people::names()))]
        office: String,
        /// 村或乡镇的区划代码  Division code, for a village or township; by default those of the story
        #[arg(long)]
        area: Option<String>,
        /// 开发密钥的文件夹  Folder of the development secrets
        #[arg(long, default_value = ".kinward/secrets")]
        secrets: PathBuf,
        /// 有效小时数  Hours until it expires
        #[arg(long, default_value_t = 12)]
        hours: i64,
    },
}

#[derive(Subcommand)]
pub(crate) enum ImportCommand {
    /// 导入儿童档案（CSV 或 Excel）  Puts the children of a CSV or Excel file on file
    ///
    /// 第一步写出模板并填写，第二步取得令牌，第三步用 --dry-run 检查（不作任何更改），第四步按结果文件更正后正式导入，去掉 --dry-run
    /// 中断或更正后以同一身份重新运行即可：已建档的行保持不变并得到首次的答复；导入后又改动的行会被拒绝，
    /// 并指出已有档案，请在档案中登记变更。CSV 可为 UTF-8、UTF-16 或 GB18030。
    /// 退出码：0 全部建档；65 有行或文件被拒绝；66 文件无法读取；69 登记服务未对每行作答。
    ///
    /// 1. Write a template and fill it in:   kinward import children --template children.xlsx
    /// 2. Get a token, of the township say:  export KINWARD_TOKEN=$(kinward token township)
    /// 3. Check it, changing nothing:        kinward import children children.xlsx --registry http://… --dry-run
    /// 4. Correct what children.xlsx.results.csv names, and import it: the same without --dry-run
    ///
    /// Run it again, as the same caller, whenever it was interrupted or rows were corrected: a row that is on file stays as
    /// it is and gets its first answer. A row that was changed after it was imported is refused and points to the file of its identity
    /// number: record the change in the file. CSV may be UTF-8, UTF-16 or GB18030.
    ///
    /// Ends with 0 when every row is on file, 65 when rows or the file are refused, 66 when the file cannot be read, 69
    /// when the registry did not answer for every row.
    #[command(verbatim_doc_comment)]
    Children {
        /// 要导入的文件，工作簿取第一张表  The file to import, .csv, .xlsx, .xls or .ods; the first sheet of a workbook
        #[arg(required_unless_present = "template")]
        file: Option<PathBuf>,
        /// 写出模板  Writes a template (.xlsx, or .csv) instead of importing
        #[arg(long, value_name = "NEW FILE", conflicts_with_all = ["file", "dry_run"])]
        template: Option<PathBuf>,
        /// 逐行检查，不作任何更改  Decides on every row and changes nothing
        #[arg(long)]
        dry_run: bool,
        /// 登记服务的地址  Address of the registry, as http://127.0.0.1:7001
        #[arg(long, env = "KINWARD_REGISTRY", required_unless_present = "template")]
        registry: Option<String>,
        /// 调用者的令牌，宜放在环境变量中  The caller's token; better in the environment, where no list of processes shows it
        #[arg(long, env = "KINWARD_TOKEN", hide_env_values = true, required_unless_present = "template")]
        token: Option<String>,
        /// 生成行编号的密钥，须保存；换用其他密钥时同样的行会当作新行  Key that makes the rows' ids, made when it is not there. Keep it: with another key the same rows are new, and
        /// only their identity numbers tell that they are on file
        #[arg(long, default_value = "kinward-import.key")]
        key: PathBuf,
        /// 逐行结果写到何处  Where to write what became of each row [default: the file's name and .results.csv]
        #[arg(long)]
        results: Option<PathBuf>,
    },
}

/// Names that `serve` takes.
fn services_or_all() -> PossibleValuesParser {
    PossibleValuesParser::new(std::iter::once("all").chain(services::ALL.iter().copied()))
}

#[derive(Subcommand)]
pub(crate) enum KeysCommand {
    /// 恢复密钥库不可用期间的应急封存  Makes readable what was sealed to the escrow while the keyring was away
    ///
    /// 读取全部日志，把密钥放入密钥库；各服务无需重启即可打开，可重复运行。
    /// Reads the whole log and puts the keys into the keyring. Services then open these values without a restart; safe to
    /// repeat.
    Recover {
        /// 应急私钥所在文件夹  Folder with the escrow's private key (escrow-private-key); by default the settings' secrets
        #[arg(long)]
        escrow: Option<PathBuf>,
    },
}

#[derive(Subcommand)]
pub(crate) enum ProjectionCommand {
    /// 各视图的状态  How they stand: generations, positions, what is parked
    #[command(alias = "list")]
    Status {
        /// 视图名，默认全部  Which ones; by default all
        names: Vec<String>,
    },
    /// 在旁重建，不影响在用的视图  Folds the log anew beside the live ones, in one pass
    ///
    /// 中断后可重新运行。建好后用 switch 切换。
    /// Run it again when it was cut off. `switch` makes what was built the live one.
    Rebuild {
        /// 视图名，默认全部  Which ones; by default all
        names: Vec<String>,
    },
    /// 切换到重建的一代；逐表核对一致后在一瞬间完成  Makes the rebuilt one the live one, at once, when all tables are equal
    Switch {
        /// 视图名  Which ones
        #[arg(required = true)]
        names: Vec<String>,
        /// 有差异也切换（投影已修正时）  Also when tables differ, as after the projection was mended
        #[arg(long)]
        force: bool,
    },
    /// 退回上一代  Goes back to the one before
    ///
    /// 被替下的一代成为新一代（next），可再次切换。
    /// What was live becomes the next one, which can be switched to again.
    Rollback {
        /// 视图名  Which ones
        #[arg(required = true)]
        names: Vec<String>,
    },
    /// 暂停投影，查询照常  Stops projecting; queries are answered as of then
    Pause {
        /// 视图名  Which ones
        #[arg(required = true)]
        names: Vec<String>,
    },
    /// 继续投影  Lets it go on
    Resume {
        /// 视图名  Which ones
        #[arg(required = true)]
        names: Vec<String>,
    },
    /// 搁置的事件  Events that were set aside with their aggregate
    Parked {
        #[command(subcommand)]
        command: ParkedCommand,
    },
}

#[derive(Subcommand)]
pub(crate) enum ParkedCommand {
    /// 列出  Lists them
    List {
        /// 视图名，默认全部  Of which ones; by default all
        names: Vec<String>,
    },
    /// 修正后按原顺序补做一个对象的事件  Applies those of one aggregate in their order, after a mend
    Retry {
        /// 视图名  Of which one
        name: String,
        /// 对象，如 kw.custody.case.…  The aggregate, as the list names it
        subject: String,
    },
    /// 放弃一个事件并注明理由，其后的补做  Leaves one out for ever, and applies those behind it
    Drop {
        /// 视图名  Of which one
        name: String,
        /// 事件编号  The event's id
        event_id: String,
        /// 理由  Why
        #[arg(long)]
        reason: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum LogCommand {
    /// 打印不断写入的提交  Prints commits as they come: kinward log tail --after 5000 --to-end
    Tail {
        /// 从此位置之后开始  Begins after this position
        #[arg(long, default_value_t = 0)]
        after: u64,
        /// 到日志末尾即结束  Ends at the end of the log instead of waiting for more
        #[arg(long)]
        to_end: bool,
    },
    /// 重放事件（每行一个 JSON）  Replays events, a line of JSON each, ending at the end of the log
    ///
    /// 例如  for example:
    ///   kinward log replay --from 2026-11-01T00:00:00+08:00 --event GuardianshipGapRaised --area 430903111
    ///   kinward log replay --context dispatch --speed 60x
    #[command(verbatim_doc_comment)]
    Replay {
        /// 从此位置或时间之后开始  Begins after this position or time
        #[arg(long)]
        from: Option<Place>,
        /// 到此位置或时间为止  Ends at this position or time
        #[arg(long)]
        to: Option<Place>,
        /// 上下文，如 registry  Only of this context
        #[arg(long)]
        context: Option<String>,
        /// 对象种类，如 registry.child  Only of this kind of aggregate
        #[arg(long)]
        aggregate: Option<String>,
        /// 事件类型，如 ChildRegistered  Only events of this type
        #[arg(long)]
        event: Option<String>,
        /// 区划代码前缀  Only about, or by an office of, this division
        #[arg(long)]
        area: Option<String>,
        /// 速度：1x 为原速，或 60x、max  Pace: 1x as it was written, 60x, or max
        #[arg(long, default_value = "max")]
        speed: String,
        /// 到末尾后继续  Goes on with what is written from now on
        #[arg(long)]
        follow: bool,
    },
    /// 打印一个位置的提交（JSON）  Prints the commit at a position, as JSON
    Get {
        /// 位置  The position
        position: u64,
    },
    /// 统计提交、事件、字节  Counts commits, events and bytes, by type
    Stats,
    /// 导出为 Parquet，供研究分析  Exports the log as Parquet, for research
    ///
    /// 每类事件一个数据集，按日分区；编号按项目换成假名，自由文本和密封内容不导出。中断后再次运行即续导。
    /// A dataset for each type of event, partitioned by day; ids are pseudonyms of the project, free text and sealed values stay
    /// out. Run it again to go on. Before a release, count who could be told apart:
    ///   kinward log export out --project-key study.key --shift-days 30 --quasi ChildRegistered:household_village_code,sex
    #[command(verbatim_doc_comment)]
    Export {
        /// 目标文件夹  Folder of the datasets and their manifest
        folder: PathBuf,
        /// 项目密钥文件，首次运行时生成  File of the project's key, made the first time; keep it apart from the data
        #[arg(long)]
        project_key: PathBuf,
        /// 导出到此位置或时间为止  Up to this position or time; by default to the end
        #[arg(long)]
        to: Option<Place>,
        /// 每名儿童的日期统一偏移，至多此天数  Shifts each child's days, all alike, by this many at most
        #[arg(long, default_value_t = 0)]
        shift_days: u32,
        /// 每秒至多读取的提交数  Commits a second at most, to leave the log to who writes
        #[arg(long)]
        rate: Option<u64>,
        /// 准标识符 事件:列,列，统计小于 k 的组  Counts groups smaller than k of these columns of an event
        #[arg(long)]
        quasi: Vec<Quasi>,
        /// k 匿名的 k  The k of k-anonymity
        #[arg(long, default_value_t = 5)]
        k: u64,
    },
    /// 核验日志：哈希链、连续性、公证  Verifies the log: chains, contiguity, a notary's statements (BEY-8)
    ///
    /// 退出码：0 未见异常，1 有异常（逐处列出位置）。
    /// Ends with 0 when nothing is wrong, 1 when something is, naming the position of each finding.
    Verify {
        /// 公证文件  The statements, as `log notarise` wrote them
        #[arg(long)]
        statements: Option<PathBuf>,
        /// 公证人的公钥，审计人应自公证人处取得  The notary's public key, PEM; an auditor has it from the notary [default: this deployment's]
        #[arg(long)]
        public_key: Option<PathBuf>,
    },
    /// 公证尚未公证的提交  Signs Merkle roots over what is not notarised yet
    ///
    /// 私钥在密钥文件夹中，首次运行时生成；把公钥 notary-public.pem 和公证文件交审计人保存。
    /// The key is in the secrets' folder, made the first time; give notary-public.pem and the statements to the auditor.
    Notarise {
        /// 公证文件，续写  File of the statements, which are appended
        #[arg(long, default_value = ".kinward/notary.jsonl")]
        statements: PathBuf,
    },
    /// 打印一个提交在日志中的证明  Prints the proof that one commit stands in the log
    ///
    /// 审计人无需本系统即可核验  An auditor checks it without Kinward:
    ///   deploy/local/audit/check_proof.py proof.json notary-public.pem
    #[command(verbatim_doc_comment)]
    Prove {
        /// 位置  The position
        position: u64,
        /// 公证文件  File of the statements
        #[arg(long, default_value = ".kinward/notary.jsonl")]
        statements: PathBuf,
    },
    /// 打印一个对象的全部经过：谁、何时、依据  Prints everything that happened to one thing: who, when, which rule
    Show {
        #[arg(help = format!("对象种类  {}; or any aggregate, as custody.order or reporting.call", kinds::names()))]
        kind: String,
        /// 编号  Its id
        id: String,
    },
}
