BEGIN TRANSACTION;
CREATE TABLE application_versions (
    version_id TEXT NOT NULL PRIMARY KEY,
    version_name TEXT NOT NULL UNIQUE,
    version_timestamp INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000),
    created_at INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000)
, "application_name" TEXT DEFAULT NULL);
INSERT INTO "application_versions" VALUES('caa59d44-3b41-4947-ad74-51bd60e2abaa','1',1795815867000,1795815867000,'miradot-orders');
CREATE TABLE dbos_migrations (version INTEGER NOT NULL PRIMARY KEY);
INSERT INTO "dbos_migrations" VALUES(123);
CREATE TABLE miradot_executor (
	application TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	holder TEXT NOT NULL, 
	beats INTEGER NOT NULL, 
	PRIMARY KEY (application, number)
);
INSERT INTO "miradot_executor" VALUES('miradot-orders',1,'f79b655206f746b38646e9633c587321',22);
CREATE TABLE notifications (
    message_uuid TEXT NOT NULL DEFAULT (hex(randomblob(16))) PRIMARY KEY,
    destination_uuid TEXT NOT NULL,
    topic TEXT,
    message TEXT NOT NULL,
    created_at_epoch_ms INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000), "serialization" TEXT DEFAULT NULL, "consumed" BOOLEAN NOT NULL DEFAULT FALSE, consumed_by_function_id INTEGER,
    FOREIGN KEY (destination_uuid) REFERENCES workflow_status(workflow_uuid) 
        ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE TABLE "operation_outputs" (
    workflow_uuid TEXT NOT NULL,
    function_id INTEGER NOT NULL,
    function_name TEXT NOT NULL DEFAULT '',
    output TEXT,
    error TEXT,
    child_workflow_id TEXT,
    started_at_epoch_ms INTEGER,
    completed_at_epoch_ms INTEGER,
    serialization TEXT,
    application_name TEXT DEFAULT NULL,
    retention_timestamp INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000),
    PRIMARY KEY (workflow_uuid, function_id)
);
CREATE TABLE queues (
    queue_id TEXT PRIMARY KEY DEFAULT (hex(randomblob(16))),
    name TEXT NOT NULL UNIQUE,
    concurrency INTEGER,
    worker_concurrency INTEGER,
    rate_limit_max INTEGER,
    rate_limit_period_sec REAL,
    priority_enabled BOOLEAN NOT NULL DEFAULT FALSE,
    partition_queue BOOLEAN NOT NULL DEFAULT FALSE,
    polling_interval_sec REAL NOT NULL DEFAULT 1.0,
    created_at INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000),
    updated_at INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000)
, "application_name" TEXT DEFAULT NULL, "partition_concurrency" INTEGER DEFAULT NULL, "partition_worker_concurrency" INTEGER DEFAULT NULL, "partition_rate_limit_max" INTEGER DEFAULT NULL, "partition_rate_limit_period_sec" REAL DEFAULT NULL);
INSERT INTO "queues" VALUES('D44896E6A05FAB84B529AB6BBDFF95E9','miradot-orders.events',NULL,1,NULL,NULL,1,0,0.05,1795815867000,1795815867534,'miradot-orders',NULL,NULL,NULL,NULL);
INSERT INTO "queues" VALUES('571D6C3996C81830690A1F919EF92E52','miradot-orders.batches',NULL,1,NULL,NULL,1,0,0.05,1795815867000,1795815867545,'miradot-orders',NULL,NULL,NULL,NULL);
INSERT INTO "queues" VALUES('786DDCF8502148AC8B500EB5C439878F','miradot-orders.upkeep',NULL,4,NULL,NULL,1,0,0.05,1795815867000,1795815867550,'miradot-orders',NULL,NULL,NULL,NULL);
CREATE TABLE streams (
    workflow_uuid TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    "offset" INTEGER NOT NULL, function_id INTEGER NOT NULL DEFAULT 0, "serialization" TEXT DEFAULT NULL,
    PRIMARY KEY (workflow_uuid, key, "offset"),
    FOREIGN KEY (workflow_uuid) REFERENCES workflow_status(workflow_uuid) 
        ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE TABLE workflow_events (
    workflow_uuid TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL, "serialization" TEXT DEFAULT NULL,
    PRIMARY KEY (workflow_uuid, key),
    FOREIGN KEY (workflow_uuid) REFERENCES workflow_status(workflow_uuid) 
        ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE TABLE workflow_events_history (
    workflow_uuid TEXT NOT NULL,
    function_id INTEGER NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL, "serialization" TEXT DEFAULT NULL,
    PRIMARY KEY (workflow_uuid, function_id, key),
    FOREIGN KEY (workflow_uuid) REFERENCES workflow_status(workflow_uuid)
        ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE TABLE workflow_input (
    workflow_uuid TEXT NOT NULL PRIMARY KEY,
    inputs TEXT,
    retention_timestamp INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000)
);
INSERT INTO "workflow_input" VALUES('miradot-orders:poll:5986052','{"args":["poll",{}],"kwargs":{}}',1795815867000);
INSERT INTO "workflow_input" VALUES('miradot-orders:mirror:2993026','{"args":["mirror",{}],"kwargs":{}}',1795815867000);
INSERT INTO "workflow_input" VALUES('miradot-orders:batches:a40885d8bdc342c4a2e1772429875db6','{"args":["batches",{}],"kwargs":{}}',1795815867000);
INSERT INTO "workflow_input" VALUES('miradot-orders:reconcile:20784','{"args":["reconcile",{}],"kwargs":{}}',1795815867000);
INSERT INTO "workflow_input" VALUES('miradot-orders:retention:20784','{"args":["retention",{}],"kwargs":{}}',1795815867000);
INSERT INTO "workflow_input" VALUES('miradot-orders:batches:60c3b859074e414f8a395339a543b2c6','{"args":["batches",{}],"kwargs":{}}',1795815871000);
CREATE TABLE workflow_output (
    workflow_uuid TEXT NOT NULL PRIMARY KEY,
    output TEXT,
    error TEXT,
    retention_timestamp INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000)
);
INSERT INTO "workflow_output" VALUES('miradot-orders:poll:5986052','{}',NULL,1795815868000);
INSERT INTO "workflow_output" VALUES('miradot-orders:mirror:2993026','{}',NULL,1795815868000);
INSERT INTO "workflow_output" VALUES('miradot-orders:retention:20784','{}',NULL,1795815868000);
CREATE TABLE workflow_schedules (
    schedule_id TEXT PRIMARY KEY,
    schedule_name TEXT NOT NULL UNIQUE,
    workflow_name TEXT NOT NULL,
    workflow_class_name TEXT,
    schedule TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'ACTIVE',
    context TEXT NOT NULL
, "last_fired_at" TEXT DEFAULT NULL, "automatic_backfill" BOOLEAN NOT NULL DEFAULT FALSE, "cron_timezone" TEXT DEFAULT NULL, "queue_name" TEXT DEFAULT NULL, "application_name" TEXT DEFAULT NULL);
CREATE TABLE workflow_status (
    workflow_uuid TEXT PRIMARY KEY,
    status TEXT,
    name TEXT,
    authenticated_user TEXT,
    assumed_role TEXT,
    authenticated_roles TEXT,
    request TEXT,
    output TEXT,
    error TEXT,
    executor_id TEXT,
    created_at INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000),
    updated_at INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000),
    application_version TEXT,
    application_id TEXT,
    class_name TEXT DEFAULT NULL,
    config_name TEXT DEFAULT NULL,
    recovery_attempts INTEGER DEFAULT 0,
    queue_name TEXT,
    workflow_timeout_ms INTEGER,
    workflow_deadline_epoch_ms INTEGER,
    inputs TEXT,
    started_at_epoch_ms INTEGER,
    deduplication_id TEXT,
    priority INTEGER NOT NULL DEFAULT 0
, queue_partition_key TEXT, forked_from TEXT, "owner_xid" TEXT DEFAULT NULL, "parent_workflow_id" TEXT DEFAULT NULL, "serialization" TEXT DEFAULT NULL, "delay_until_epoch_ms" BIGINT DEFAULT NULL, "was_forked_from" BOOLEAN NOT NULL DEFAULT FALSE, "rate_limited" BOOLEAN NOT NULL DEFAULT FALSE, "completed_at" BIGINT, "attributes" TEXT, "schedule_name" TEXT, "debounce_deadline_epoch_ms" BIGINT DEFAULT NULL, "is_debounced" BOOLEAN NOT NULL DEFAULT FALSE, "application_name" TEXT DEFAULT NULL, "creator_xid" TEXT DEFAULT NULL);
INSERT INTO "workflow_status" VALUES('miradot-orders:poll:5986052','SUCCESS','miradot.job',NULL,NULL,NULL,NULL,NULL,NULL,'miradot-orders.1',1795815867000,1795815868000,'1',NULL,NULL,NULL,1,'miradot-orders.upkeep',NULL,NULL,NULL,1795815868000,NULL,0,NULL,NULL,NULL,NULL,'miradot_json',NULL,0,0,1795815868000,'null',NULL,NULL,0,'miradot-orders','2e210318-9f2b-491c-8856-d9ed6fb2f6ab');
INSERT INTO "workflow_status" VALUES('miradot-orders:mirror:2993026','SUCCESS','miradot.job',NULL,NULL,NULL,NULL,NULL,NULL,'miradot-orders.1',1795815867000,1795815868000,'1',NULL,NULL,NULL,1,'miradot-orders.upkeep',NULL,NULL,NULL,1795815868000,NULL,0,NULL,NULL,NULL,NULL,'miradot_json',NULL,0,0,1795815868000,'null',NULL,NULL,0,'miradot-orders','2cadf7dc-611d-4e94-bb8d-d67cec75d52e');
INSERT INTO "workflow_status" VALUES('miradot-orders:batches:a40885d8bdc342c4a2e1772429875db6','PENDING','miradot.job',NULL,NULL,NULL,NULL,NULL,NULL,'miradot-orders.1',1795815867000,1795815868000,'1',NULL,NULL,NULL,1,'miradot-orders.batches',NULL,NULL,NULL,1795815868000,'1:batches:0',0,NULL,NULL,'712f4e54-51de-45ab-a0c9-43a6dc5f8d44',NULL,'miradot_json',NULL,0,0,NULL,'null',NULL,NULL,0,'miradot-orders','e478070f-6204-4165-8aeb-98e96bdba958');
INSERT INTO "workflow_status" VALUES('miradot-orders:reconcile:20784','PENDING','miradot.job',NULL,NULL,NULL,NULL,NULL,NULL,'miradot-orders.1',1795815867000,1795815868000,'1',NULL,NULL,NULL,1,'miradot-orders.upkeep',NULL,NULL,NULL,1795815868000,'1:reconcile',0,NULL,NULL,'9cc0f3b9-bf70-423d-8c67-8be79bd9bcb8',NULL,'miradot_json',NULL,0,0,NULL,'null',NULL,NULL,0,'miradot-orders','1a90ab8a-d0e6-4558-b9e7-ab35fc6cf670');
INSERT INTO "workflow_status" VALUES('miradot-orders:retention:20784','SUCCESS','miradot.job',NULL,NULL,NULL,NULL,NULL,NULL,'miradot-orders.1',1795815867000,1795815868000,'1',NULL,NULL,NULL,1,'miradot-orders.upkeep',NULL,NULL,NULL,1795815868000,NULL,0,NULL,NULL,NULL,NULL,'miradot_json',NULL,0,0,1795815868000,'null',NULL,NULL,0,'miradot-orders','4e83d9cb-88d6-4db3-99d8-3c3e0362494e');
INSERT INTO "workflow_status" VALUES('miradot-orders:batches:60c3b859074e414f8a395339a543b2c6','ENQUEUED','miradot.job',NULL,NULL,NULL,NULL,NULL,NULL,NULL,1795815871000,1795815871000,'1',NULL,NULL,NULL,0,'miradot-orders.batches',NULL,NULL,NULL,NULL,'1:batches:1',0,NULL,NULL,NULL,NULL,'miradot_json',NULL,0,0,NULL,'null',NULL,NULL,0,'miradot-orders','2bd161d0-98be-42f3-858a-515f4c71a09f');
CREATE INDEX workflow_status_created_at_index ON workflow_status (created_at);
CREATE INDEX idx_workflow_topic ON notifications (destination_uuid, topic);
CREATE INDEX "idx_workflow_status_delayed" ON "workflow_status" ("delay_until_epoch_ms") WHERE status = 'DELAYED';
CREATE INDEX "idx_workflow_status_forked_from" ON "workflow_status" ("forked_from") WHERE "forked_from" IS NOT NULL;
CREATE INDEX "idx_workflow_status_parent_workflow_id" ON "workflow_status" ("parent_workflow_id") WHERE "parent_workflow_id" IS NOT NULL;
CREATE UNIQUE INDEX "uq_workflow_status_dedup_id" ON "workflow_status" ("queue_name", "deduplication_id") WHERE "deduplication_id" IS NOT NULL;
CREATE INDEX "idx_workflow_status_pending" ON "workflow_status" ("created_at") WHERE "status" = 'PENDING';
CREATE INDEX "idx_workflow_status_failed" ON "workflow_status" ("status", "created_at") WHERE "status" IN ('ERROR', 'CANCELLED', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED');
CREATE INDEX "idx_workflow_status_rate_limited" ON "workflow_status" ("queue_name", "started_at_epoch_ms") WHERE "rate_limited" = TRUE;
CREATE INDEX "idx_workflow_status_completed_at" ON "workflow_status" ("completed_at") WHERE "completed_at" IS NOT NULL;
CREATE INDEX "idx_workflow_status_started_at" ON "workflow_status" ("started_at_epoch_ms") WHERE "started_at_epoch_ms" IS NOT NULL;
CREATE INDEX "idx_workflow_status_schedule_name" ON "workflow_status" ("schedule_name") WHERE "schedule_name" IS NOT NULL;
CREATE UNIQUE INDEX "uq_application_versions_owner_version"
    ON application_versions ("application_name", "version_name")
    WHERE "application_name" IS NOT NULL;
CREATE UNIQUE INDEX "uq_application_versions_unclaimed_version"
    ON application_versions ("version_name")
    WHERE "application_name" IS NULL;
CREATE INDEX idx_workflow_input_retention
    ON workflow_input (retention_timestamp);
CREATE INDEX idx_workflow_output_retention
    ON workflow_output (retention_timestamp);
CREATE INDEX idx_operation_outputs_retention
    ON operation_outputs (retention_timestamp);
CREATE INDEX "idx_workflow_status_in_flight_v2" ON "workflow_status" ("queue_name", "status", "priority", "created_at", "application_name") WHERE "status" IN ('ENQUEUED', 'PENDING');
CREATE INDEX "idx_workflow_status_partition_dequeue_v3" ON "workflow_status" ("queue_name", "status", "queue_partition_key", "priority", "created_at", "workflow_uuid", "application_name") WHERE "status" IN ('ENQUEUED', 'PENDING') AND "queue_partition_key" IS NOT NULL;
CREATE INDEX "idx_operation_outputs_completed_at_function_name_v2" ON "operation_outputs" ("completed_at_epoch_ms", "function_name", "application_name");
CREATE INDEX "idx_workflow_status_deadline" ON "workflow_status" ("workflow_deadline_epoch_ms") WHERE "status" IN ('ENQUEUED', 'PENDING', 'DELAYED') AND "workflow_deadline_epoch_ms" IS NOT NULL;
COMMIT;
