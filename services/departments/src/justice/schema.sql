create table legal_orders (
    item_id text primary key,
    assessment_id text not null,
    child_id text,
    village_code text,
    service integer not null,
    provider_unit_id text,
    delivered integer not null,
    outcome integer not null,
    opened bigint not null
);
create index on legal_orders (opened);
create table petitions (
    petition_id text primary key,
    case_id text not null,
    child_id text,
    village_code text,
    petitioner integer not null,
    court_unit_id text not null,
    grounds jsonb not null,
    stage integer not null,
    ruling integer not null,
    filed_at timestamptz not null,
    opened bigint not null
);
create index on petitions (opened);
create table assessments (
    assessment_id text primary key,
    village_code text,
    child_id text
);
create table cases (
    case_id text primary key,
    village_code text,
    child_id text
);
