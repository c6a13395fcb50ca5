-- key.sql -- API keys and what they sent, as the web process may use them: before a key is
-- known nobody asks yet, so these act with the rights of their owner.

-- The key of that number, and a note of its use, to the minute.
CREATE FUNCTION key_find(id int)
RETURNS TABLE (agency_id int, sha256 text, types text, agency text, ended boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
  SELECT k.agency_id, k.sha256, array_to_string(k.types, ' '),
         a.code || '@' || extract(year FROM a.valid_from),
         k.revoked_at IS NOT NULL OR coalesce(k.expires_at <= clock_timestamp(), false)
    FROM api_key k JOIN agency a USING (agency_id)
   WHERE k.key_id = id
$$;

-- Rounded, so that it is no write per request.
CREATE FUNCTION key_used(id int) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
  UPDATE api_key SET last_used_at = date_trunc('minute', clock_timestamp())
   WHERE key_id = id AND last_used_at IS DISTINCT FROM date_trunc('minute', clock_timestamp())
$$;

CREATE FUNCTION key_add(agency int, sha256 text, types text[], last_day date) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
DECLARE
  id int;
BEGIN
  IF NOT may_administer(agency) THEN
    PERFORM refuse_asker();
  ELSIF last_day < office_today() THEN
    RAISE EXCEPTION 'a key ends today or later, not on %', last_day USING ERRCODE = 'invalid_parameter_value';
  END IF;
  INSERT INTO api_key (agency_id, sha256, types, expires_at)
  VALUES (agency, sha256, types, (last_day + 1)::timestamptz)
  RETURNING key_id INTO id;
  PERFORM log_action('key_add', 'key:' || id,
                     jsonb_build_object('agency', (SELECT a.label FROM agency a WHERE a.agency_id = agency),
                                        'types', types, 'last_day', last_day), agency);
  RETURN id;
END $$;

-- Null where there is no such key; revoking twice is revoking once.
CREATE FUNCTION key_revoke(id int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
DECLARE
  k api_key;
BEGIN
  SELECT x.* INTO k FROM api_key x WHERE x.key_id = id FOR UPDATE;
  IF k.key_id IS NULL OR NOT may_administer(k.agency_id) THEN
    RETURN NULL;
  END IF;
  IF k.revoked_at IS NULL THEN
    UPDATE api_key x SET revoked_at = clock_timestamp() WHERE x.key_id = id;
    PERFORM log_action('key_revoke', 'key:' || id, '{}', k.agency_id);
  END IF;
  RETURN id;
END $$;

-- Where that idempotency key was used before, nothing is noted.
CREATE FUNCTION delivery_note(name text, key int, idempotency text, wanted text, body_sha256 text)
RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
  INSERT INTO http_delivery (delivery, key_id, idempotency_key, asked, sha256)
  VALUES (name, key, idempotency, wanted, body_sha256)
  ON CONFLICT DO NOTHING
$$;

-- What was noted, whether it is the same request, and the receipt once it was committed.
CREATE FUNCTION delivery_find(name text, key int, idempotency text, wanted text, body_sha256 text)
RETURNS TABLE (delivery text, same boolean, receipt text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
  SELECT d.delivery, d.asked = wanted AND d.sha256 = body_sha256, b.receipt
    FROM http_delivery d LEFT JOIN batch b USING (delivery)
   WHERE d.delivery = name OR d.key_id = key AND d.idempotency_key = idempotency
$$;

CREATE FUNCTION delivery_forget() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
  DELETE FROM http_delivery WHERE created_at < clock_timestamp() - interval '30 days'
$$;
