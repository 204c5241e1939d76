CREATE SCHEMA miradot_jobs;
CREATE FUNCTION miradot_jobs.enqueue_workflow(workflow_name text, queue_name text, positional_args json[] DEFAULT ARRAY[]::json[], named_args json DEFAULT '{}'::json, class_name text DEFAULT NULL::text, config_name text DEFAULT NULL::text, workflow_id text DEFAULT NULL::text, app_version text DEFAULT NULL::text, timeout_ms bigint DEFAULT NULL::bigint, deadline_epoch_ms bigint DEFAULT NULL::bigint, deduplication_id text DEFAULT NULL::text, priority integer DEFAULT NULL::integer, queue_partition_key text DEFAULT NULL::text, authenticated_user text DEFAULT NULL::text, authenticated_roles text DEFAULT NULL::text, delay_until_epoch_ms bigint DEFAULT NULL::bigint, application_name text DEFAULT NULL::text) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    v_workflow_id TEXT;
    v_serialized_inputs TEXT;
    v_owner_xid TEXT;
    v_now BIGINT;
    v_recovery_attempts INT4 := 0;
    v_priority INT4;
    v_status TEXT;
BEGIN
    -- Validate required parameters
    IF workflow_name IS NULL OR workflow_name = '' THEN
        RAISE EXCEPTION 'Workflow name cannot be null or empty';
    END IF;
    IF queue_name IS NULL OR queue_name = '' THEN
        RAISE EXCEPTION 'Queue name cannot be null or empty';
    END IF;
    IF named_args IS NOT NULL AND jsonb_typeof(named_args::jsonb) != 'object' THEN
        RAISE EXCEPTION 'Named args must be a JSON object';
    END IF;
    IF workflow_id IS NOT NULL AND workflow_id = '' THEN
        RAISE EXCEPTION 'Workflow ID cannot be an empty string if provided.';
    END IF;
    IF delay_until_epoch_ms IS NOT NULL AND delay_until_epoch_ms < 0 THEN
        RAISE EXCEPTION 'delay_until_epoch_ms must be >= 0';
    END IF;
    v_workflow_id := COALESCE(workflow_id, gen_random_uuid()::TEXT);
    v_owner_xid := gen_random_uuid()::TEXT;
    v_priority := COALESCE(priority, 0);
    v_serialized_inputs := json_build_object(
        'positionalArgs', positional_args,
        'namedArgs', named_args
    )::TEXT;
    v_now := EXTRACT(epoch FROM now()) * 1000;
    v_status := CASE WHEN delay_until_epoch_ms IS NULL THEN 'ENQUEUED' ELSE 'DELAYED' END;
    INSERT INTO "miradot_jobs".workflow_status (
        workflow_uuid, status,
        name, class_name, config_name,
        queue_name, deduplication_id, priority, queue_partition_key,
        application_version,
        created_at, updated_at, recovery_attempts,
        workflow_timeout_ms, workflow_deadline_epoch_ms,
        parent_workflow_id, owner_xid, serialization,
        authenticated_user, authenticated_roles,
        delay_until_epoch_ms, application_name
    ) VALUES (
        v_workflow_id, v_status,
        workflow_name, class_name, config_name,
        queue_name, deduplication_id, v_priority, queue_partition_key,
        app_version,
        v_now, v_now, v_recovery_attempts,
        timeout_ms, deadline_epoch_ms,
        NULL, v_owner_xid, 'portable_json',
        authenticated_user, authenticated_roles,
        delay_until_epoch_ms, application_name
    )
    ON CONFLICT (workflow_uuid)
    DO UPDATE SET
        updated_at = EXCLUDED.updated_at;
    INSERT INTO "miradot_jobs".workflow_input (
        workflow_uuid, inputs, retention_timestamp
    ) VALUES (
        v_workflow_id, v_serialized_inputs, v_now
    )
    ON CONFLICT (workflow_uuid) DO NOTHING;
    RETURN v_workflow_id;
EXCEPTION
    WHEN unique_violation THEN
        RAISE EXCEPTION 'DBOS queue duplicated'
            USING DETAIL = format('Workflow %s with queue %s and deduplication ID %s already exists', v_workflow_id, queue_name, deduplication_id),
                ERRCODE = 'unique_violation';
END;
$$;
CREATE FUNCTION miradot_jobs.send_message(destination_id text, message json, topic text DEFAULT NULL::text, message_id text DEFAULT NULL::text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    v_topic TEXT := COALESCE(topic, '__null__topic__');
    v_message_id TEXT := COALESCE(message_id, gen_random_uuid()::TEXT);
BEGIN
    INSERT INTO "miradot_jobs".notifications (
        destination_uuid, topic, message, message_uuid, serialization
    ) VALUES (
        destination_id, v_topic, message, v_message_id, 'portable_json'
    )
    ON CONFLICT (message_uuid) DO NOTHING;
EXCEPTION
    WHEN foreign_key_violation THEN
        RAISE EXCEPTION 'DBOS non-existent workflow'
            USING DETAIL = format('Destination workflow %s does not exist', destination_id),
                ERRCODE = 'foreign_key_violation';
END;
$$;
CREATE TABLE miradot_jobs.application_versions (
    version_id text NOT NULL,
    version_name text NOT NULL,
    version_timestamp bigint DEFAULT ((EXTRACT(epoch FROM now()) * 1000.0))::bigint NOT NULL,
    created_at bigint DEFAULT ((EXTRACT(epoch FROM now()) * 1000.0))::bigint NOT NULL,
    application_name text
);
CREATE TABLE miradot_jobs.dbos_migrations (
    version bigint NOT NULL
);
CREATE TABLE miradot_jobs.event_dispatch_kv (
    service_name text NOT NULL,
    workflow_fn_name text NOT NULL,
    key text NOT NULL,
    value text,
    update_seq numeric(38,0),
    update_time numeric(38,15)
);
CREATE TABLE miradot_jobs.miradot_executor (
    application text NOT NULL,
    number integer NOT NULL,
    holder text NOT NULL,
    beats integer NOT NULL
);
CREATE TABLE miradot_jobs.notifications (
    message_uuid text DEFAULT gen_random_uuid() NOT NULL,
    destination_uuid text NOT NULL,
    topic text,
    message text NOT NULL,
    created_at_epoch_ms bigint DEFAULT ((EXTRACT(epoch FROM now()) * 1000.0))::bigint NOT NULL,
    serialization text,
    consumed boolean DEFAULT false NOT NULL,
    consumed_by_function_id integer
);
CREATE TABLE miradot_jobs.operation_outputs (
    workflow_uuid text NOT NULL,
    function_id integer NOT NULL,
    function_name text DEFAULT ''::text NOT NULL,
    output text,
    error text,
    child_workflow_id text,
    started_at_epoch_ms bigint,
    completed_at_epoch_ms bigint,
    serialization text,
    application_name text,
    retention_timestamp bigint DEFAULT ((EXTRACT(epoch FROM now()) * 1000.0))::bigint NOT NULL
);
CREATE TABLE miradot_jobs.queues (
    queue_id text DEFAULT (gen_random_uuid())::text NOT NULL,
    name text NOT NULL,
    concurrency integer,
    worker_concurrency integer,
    rate_limit_max integer,
    rate_limit_period_sec double precision,
    priority_enabled boolean DEFAULT false NOT NULL,
    partition_queue boolean DEFAULT false NOT NULL,
    polling_interval_sec double precision DEFAULT 1.0 NOT NULL,
    created_at bigint DEFAULT ((EXTRACT(epoch FROM now()) * 1000.0))::bigint NOT NULL,
    updated_at bigint DEFAULT ((EXTRACT(epoch FROM now()) * 1000.0))::bigint NOT NULL,
    application_name text,
    partition_concurrency integer,
    partition_worker_concurrency integer,
    partition_rate_limit_max integer,
    partition_rate_limit_period_sec double precision
);
CREATE TABLE miradot_jobs.streams (
    workflow_uuid text NOT NULL,
    key text NOT NULL,
    value text NOT NULL,
    "offset" integer NOT NULL,
    function_id integer DEFAULT 0 NOT NULL,
    serialization text
);
CREATE TABLE miradot_jobs.workflow_events (
    workflow_uuid text NOT NULL,
    key text NOT NULL,
    value text NOT NULL,
    serialization text
);
CREATE TABLE miradot_jobs.workflow_events_history (
    workflow_uuid text NOT NULL,
    function_id integer NOT NULL,
    key text NOT NULL,
    value text NOT NULL,
    serialization text
);
CREATE TABLE miradot_jobs.workflow_input (
    workflow_uuid text NOT NULL,
    inputs text,
    retention_timestamp bigint DEFAULT ((EXTRACT(epoch FROM now()) * 1000.0))::bigint NOT NULL
);
CREATE TABLE miradot_jobs.workflow_output (
    workflow_uuid text NOT NULL,
    output text,
    error text,
    retention_timestamp bigint DEFAULT ((EXTRACT(epoch FROM now()) * 1000.0))::bigint NOT NULL
);
CREATE TABLE miradot_jobs.workflow_schedules (
    schedule_id text NOT NULL,
    schedule_name text NOT NULL,
    workflow_name text NOT NULL,
    workflow_class_name text,
    schedule text NOT NULL,
    status text DEFAULT 'ACTIVE'::text NOT NULL,
    context text NOT NULL,
    last_fired_at text,
    automatic_backfill boolean DEFAULT false NOT NULL,
    cron_timezone text,
    queue_name text,
    application_name text
);
CREATE TABLE miradot_jobs.workflow_status (
    workflow_uuid text NOT NULL,
    status text,
    name text,
    authenticated_user text,
    assumed_role text,
    authenticated_roles text,
    request text,
    output text,
    error text,
    executor_id text,
    created_at bigint DEFAULT ((EXTRACT(epoch FROM now()) * 1000.0))::bigint NOT NULL,
    updated_at bigint DEFAULT ((EXTRACT(epoch FROM now()) * 1000.0))::bigint NOT NULL,
    application_version text,
    application_id text,
    class_name character varying(255) DEFAULT NULL::character varying,
    config_name character varying(255) DEFAULT NULL::character varying,
    recovery_attempts bigint DEFAULT 0,
    queue_name text,
    workflow_timeout_ms bigint,
    workflow_deadline_epoch_ms bigint,
    inputs text,
    started_at_epoch_ms bigint,
    deduplication_id text,
    priority integer DEFAULT 0 NOT NULL,
    queue_partition_key text,
    forked_from text,
    owner_xid text,
    parent_workflow_id text,
    serialization text,
    delay_until_epoch_ms bigint,
    was_forked_from boolean DEFAULT false NOT NULL,
    rate_limited boolean DEFAULT false NOT NULL,
    completed_at bigint,
    attributes jsonb,
    schedule_name text,
    debounce_deadline_epoch_ms bigint,
    is_debounced boolean DEFAULT false NOT NULL,
    application_name text,
    creator_xid text
);
INSERT INTO miradot_jobs.application_versions VALUES ('fbc23aa1-dc79-420c-961c-94a81196f14e', '1', 1795815878613, 1795815878613, 'miradot-orders');
INSERT INTO miradot_jobs.dbos_migrations VALUES (123);
INSERT INTO miradot_jobs.miradot_executor VALUES ('miradot-orders', 1, 'b2289bd187ae4aab8aae7fdb2daaa2a3', 26);
INSERT INTO miradot_jobs.queues VALUES ('b8e50b6e-2924-4797-a185-83584b60b55f', 'miradot-orders.events', NULL, 1, NULL, NULL, true, false, 0.05, 1795815878713, 1795815878710, 'miradot-orders', NULL, NULL, NULL, NULL);
INSERT INTO miradot_jobs.queues VALUES ('1ba9fd58-e0d9-48fe-8d33-33e3007ffc2e', 'miradot-orders.batches', NULL, 1, NULL, NULL, true, false, 0.05, 1795815878744, 1795815878742, 'miradot-orders', NULL, NULL, NULL, NULL);
INSERT INTO miradot_jobs.queues VALUES ('6c030d23-76be-4902-9f6e-69bf97d611a5', 'miradot-orders.upkeep', NULL, 4, NULL, NULL, true, false, 0.05, 1795815878771, 1795815878769, 'miradot-orders', NULL, NULL, NULL, NULL);
INSERT INTO miradot_jobs.workflow_input VALUES ('miradot-orders:poll:5986052', '{"args":["poll",{}],"kwargs":{}}', 1795815878840);
INSERT INTO miradot_jobs.workflow_input VALUES ('miradot-orders:mirror:2993026', '{"args":["mirror",{}],"kwargs":{}}', 1795815878853);
INSERT INTO miradot_jobs.workflow_input VALUES ('miradot-orders:batches:679f813bf3fd42aa8eaef98fce4cb25e', '{"args":["batches",{}],"kwargs":{}}', 1795815878872);
INSERT INTO miradot_jobs.workflow_input VALUES ('miradot-orders:reconcile:20784', '{"args":["reconcile",{}],"kwargs":{}}', 1795815878884);
INSERT INTO miradot_jobs.workflow_input VALUES ('miradot-orders:retention:20784', '{"args":["retention",{}],"kwargs":{}}', 1795815878897);
INSERT INTO miradot_jobs.workflow_input VALUES ('miradot-orders:batches:57bd6ce8d06442e294b5bd3b1e8442a9', '{"args":["batches",{}],"kwargs":{}}', 1795815884284);
INSERT INTO miradot_jobs.workflow_output VALUES ('miradot-orders:retention:20784', '{}', NULL, 1795815879849);
INSERT INTO miradot_jobs.workflow_output VALUES ('miradot-orders:poll:5986052', '{}', NULL, 1795815879855);
INSERT INTO miradot_jobs.workflow_output VALUES ('miradot-orders:mirror:2993026', '{}', NULL, 1795815879852);
INSERT INTO miradot_jobs.workflow_status VALUES ('miradot-orders:batches:679f813bf3fd42aa8eaef98fce4cb25e', 'PENDING', 'miradot.job', NULL, NULL, NULL, NULL, NULL, NULL, 'miradot-orders.1', 1795815878872, 1795815879780, '1', NULL, NULL, NULL, 1, 'miradot-orders.batches', NULL, NULL, NULL, 1795815879780, '1:batches:0', 0, NULL, NULL, 'b50400fa-bae5-4049-a699-0286e8185c08', NULL, 'miradot_json', NULL, false, false, NULL, 'null', NULL, NULL, false, 'miradot-orders', 'f9244a6e-550e-4dca-821d-4e2e31fd4bc1');
INSERT INTO miradot_jobs.workflow_status VALUES ('miradot-orders:reconcile:20784', 'PENDING', 'miradot.job', NULL, NULL, NULL, NULL, NULL, NULL, 'miradot-orders.1', 1795815878884, 1795815879779, '1', NULL, NULL, NULL, 1, 'miradot-orders.upkeep', NULL, NULL, NULL, 1795815879779, '1:reconcile', 0, NULL, NULL, '3489ba0e-a187-474e-9a3e-fdd184ce98ec', NULL, 'miradot_json', NULL, false, false, NULL, 'null', NULL, NULL, false, 'miradot-orders', 'e59428e4-64a8-4eb8-8b56-661c80a1c8e4');
INSERT INTO miradot_jobs.workflow_status VALUES ('miradot-orders:retention:20784', 'SUCCESS', 'miradot.job', NULL, NULL, NULL, NULL, NULL, NULL, 'miradot-orders.1', 1795815878897, 1795815879849, '1', NULL, NULL, NULL, 1, 'miradot-orders.upkeep', NULL, NULL, NULL, 1795815879779, NULL, 0, NULL, NULL, NULL, NULL, 'miradot_json', NULL, false, false, 1795815879849, 'null', NULL, NULL, false, 'miradot-orders', '8e54ae38-ee1a-40da-8c7f-85fb648f4edd');
INSERT INTO miradot_jobs.workflow_status VALUES ('miradot-orders:mirror:2993026', 'SUCCESS', 'miradot.job', NULL, NULL, NULL, NULL, NULL, NULL, 'miradot-orders.1', 1795815878853, 1795815879852, '1', NULL, NULL, NULL, 1, 'miradot-orders.upkeep', NULL, NULL, NULL, 1795815879779, NULL, 0, NULL, NULL, NULL, NULL, 'miradot_json', NULL, false, false, 1795815879852, 'null', NULL, NULL, false, 'miradot-orders', 'a92a13f0-9552-4143-a5f6-34b6fecb690c');
INSERT INTO miradot_jobs.workflow_status VALUES ('miradot-orders:poll:5986052', 'SUCCESS', 'miradot.job', NULL, NULL, NULL, NULL, NULL, NULL, 'miradot-orders.1', 1795815878840, 1795815879855, '1', NULL, NULL, NULL, 1, 'miradot-orders.upkeep', NULL, NULL, NULL, 1795815879779, NULL, 0, NULL, NULL, NULL, NULL, 'miradot_json', NULL, false, false, 1795815879855, 'null', NULL, NULL, false, 'miradot-orders', 'e566b173-5341-464e-9eb8-c7ca1053191f');
INSERT INTO miradot_jobs.workflow_status VALUES ('miradot-orders:batches:57bd6ce8d06442e294b5bd3b1e8442a9', 'ENQUEUED', 'miradot.job', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1795815884284, 1795815884284, '1', NULL, NULL, NULL, 0, 'miradot-orders.batches', NULL, NULL, NULL, NULL, '1:batches:1', 0, NULL, NULL, NULL, NULL, 'miradot_json', NULL, false, false, NULL, 'null', NULL, NULL, false, 'miradot-orders', 'ad20e9cd-55b9-483d-a110-85b1bfd0b765');
ALTER TABLE ONLY miradot_jobs.application_versions
    ADD CONSTRAINT application_versions_pkey PRIMARY KEY (version_id);
ALTER TABLE ONLY miradot_jobs.application_versions
    ADD CONSTRAINT application_versions_version_name_key UNIQUE (version_name);
ALTER TABLE ONLY miradot_jobs.dbos_migrations
    ADD CONSTRAINT dbos_migrations_pkey PRIMARY KEY (version);
ALTER TABLE ONLY miradot_jobs.event_dispatch_kv
    ADD CONSTRAINT event_dispatch_kv_pkey PRIMARY KEY (service_name, workflow_fn_name, key);
ALTER TABLE ONLY miradot_jobs.miradot_executor
    ADD CONSTRAINT miradot_executor_pkey PRIMARY KEY (application, number);
ALTER TABLE ONLY miradot_jobs.notifications
    ADD CONSTRAINT notifications_pkey PRIMARY KEY (message_uuid);
ALTER TABLE ONLY miradot_jobs.operation_outputs
    ADD CONSTRAINT operation_outputs_pkey PRIMARY KEY (workflow_uuid, function_id);
ALTER TABLE ONLY miradot_jobs.queues
    ADD CONSTRAINT queues_name_key UNIQUE (name);
ALTER TABLE ONLY miradot_jobs.queues
    ADD CONSTRAINT queues_pkey PRIMARY KEY (queue_id);
ALTER TABLE ONLY miradot_jobs.streams
    ADD CONSTRAINT streams_pkey PRIMARY KEY (workflow_uuid, key, "offset");
ALTER TABLE ONLY miradot_jobs.workflow_events_history
    ADD CONSTRAINT workflow_events_history_pkey PRIMARY KEY (workflow_uuid, function_id, key);
ALTER TABLE ONLY miradot_jobs.workflow_events
    ADD CONSTRAINT workflow_events_pkey PRIMARY KEY (workflow_uuid, key);
ALTER TABLE ONLY miradot_jobs.workflow_input
    ADD CONSTRAINT workflow_input_pkey PRIMARY KEY (workflow_uuid);
ALTER TABLE ONLY miradot_jobs.workflow_output
    ADD CONSTRAINT workflow_output_pkey PRIMARY KEY (workflow_uuid);
ALTER TABLE ONLY miradot_jobs.workflow_schedules
    ADD CONSTRAINT workflow_schedules_pkey PRIMARY KEY (schedule_id);
ALTER TABLE ONLY miradot_jobs.workflow_schedules
    ADD CONSTRAINT workflow_schedules_schedule_name_key UNIQUE (schedule_name);
ALTER TABLE ONLY miradot_jobs.workflow_status
    ADD CONSTRAINT workflow_status_pkey PRIMARY KEY (workflow_uuid);
CREATE INDEX idx_operation_outputs_completed_at_function_name_v2 ON miradot_jobs.operation_outputs USING btree (completed_at_epoch_ms, function_name) INCLUDE (application_name);
CREATE INDEX idx_operation_outputs_retention ON miradot_jobs.operation_outputs USING btree (retention_timestamp);
CREATE INDEX idx_workflow_input_retention ON miradot_jobs.workflow_input USING btree (retention_timestamp);
CREATE INDEX idx_workflow_output_retention ON miradot_jobs.workflow_output USING btree (retention_timestamp);
CREATE INDEX idx_workflow_status_attributes ON miradot_jobs.workflow_status USING gin (attributes) WHERE (attributes IS NOT NULL);
CREATE INDEX idx_workflow_status_completed_at ON miradot_jobs.workflow_status USING btree (completed_at) WHERE (completed_at IS NOT NULL);
CREATE INDEX idx_workflow_status_deadline ON miradot_jobs.workflow_status USING btree (workflow_deadline_epoch_ms) WHERE ((status = ANY (ARRAY['ENQUEUED'::text, 'PENDING'::text, 'DELAYED'::text])) AND (workflow_deadline_epoch_ms IS NOT NULL));
CREATE INDEX idx_workflow_status_delayed ON miradot_jobs.workflow_status USING btree (delay_until_epoch_ms) WHERE (status = 'DELAYED'::text);
CREATE INDEX idx_workflow_status_failed ON miradot_jobs.workflow_status USING btree (status, created_at) WHERE (status = ANY (ARRAY['ERROR'::text, 'CANCELLED'::text, 'MAX_RECOVERY_ATTEMPTS_EXCEEDED'::text]));
CREATE INDEX idx_workflow_status_forked_from ON miradot_jobs.workflow_status USING btree (forked_from) WHERE (forked_from IS NOT NULL);
CREATE INDEX idx_workflow_status_in_flight_v2 ON miradot_jobs.workflow_status USING btree (queue_name, status, priority, created_at) INCLUDE (application_name) WHERE (status = ANY (ARRAY['ENQUEUED'::text, 'PENDING'::text]));
CREATE INDEX idx_workflow_status_parent_workflow_id ON miradot_jobs.workflow_status USING btree (parent_workflow_id) WHERE (parent_workflow_id IS NOT NULL);
CREATE INDEX idx_workflow_status_partition_dequeue_v3 ON miradot_jobs.workflow_status USING btree (queue_name, status, queue_partition_key, priority, created_at, workflow_uuid) INCLUDE (application_name) WHERE ((status = ANY (ARRAY['ENQUEUED'::text, 'PENDING'::text])) AND (queue_partition_key IS NOT NULL));
CREATE INDEX idx_workflow_status_pending ON miradot_jobs.workflow_status USING btree (created_at) WHERE (status = 'PENDING'::text);
CREATE INDEX idx_workflow_status_rate_limited ON miradot_jobs.workflow_status USING btree (queue_name, started_at_epoch_ms) WHERE (rate_limited = true);
CREATE INDEX idx_workflow_status_schedule_name ON miradot_jobs.workflow_status USING btree (schedule_name) WHERE (schedule_name IS NOT NULL);
CREATE INDEX idx_workflow_status_started_at ON miradot_jobs.workflow_status USING btree (started_at_epoch_ms) WHERE (started_at_epoch_ms IS NOT NULL);
CREATE INDEX idx_workflow_topic ON miradot_jobs.notifications USING btree (destination_uuid, topic);
CREATE UNIQUE INDEX uq_application_versions_owner_version ON miradot_jobs.application_versions USING btree (application_name, version_name) WHERE (application_name IS NOT NULL);
CREATE UNIQUE INDEX uq_application_versions_unclaimed_version ON miradot_jobs.application_versions USING btree (version_name) WHERE (application_name IS NULL);
CREATE UNIQUE INDEX uq_workflow_status_dedup_id ON miradot_jobs.workflow_status USING btree (queue_name, deduplication_id) WHERE (deduplication_id IS NOT NULL);
CREATE INDEX workflow_status_created_at_index ON miradot_jobs.workflow_status USING btree (created_at);
ALTER TABLE ONLY miradot_jobs.notifications
    ADD CONSTRAINT notifications_destination_uuid_fkey FOREIGN KEY (destination_uuid) REFERENCES miradot_jobs.workflow_status(workflow_uuid) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE ONLY miradot_jobs.streams
    ADD CONSTRAINT streams_workflow_uuid_fkey FOREIGN KEY (workflow_uuid) REFERENCES miradot_jobs.workflow_status(workflow_uuid) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE ONLY miradot_jobs.workflow_events_history
    ADD CONSTRAINT workflow_events_history_workflow_uuid_fkey FOREIGN KEY (workflow_uuid) REFERENCES miradot_jobs.workflow_status(workflow_uuid) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE ONLY miradot_jobs.workflow_events
    ADD CONSTRAINT workflow_events_workflow_uuid_fkey FOREIGN KEY (workflow_uuid) REFERENCES miradot_jobs.workflow_status(workflow_uuid) ON UPDATE CASCADE ON DELETE CASCADE;
