-- page_resolution.sql -- each sentence of the Resolution that is known here, in our own
-- words, with what measures it.  Paragraphs are those of the article that was read; the
-- official full text was not, and what stands in it alone is said to.

CREATE VIEW resolution_sentence AS
SELECT * FROM (VALUES
  (1, 'P1',
   'Nâng thứ hạng Chính phủ điện tử theo đánh giá của Liên hợp quốc thêm 10 đến 15 bậc năm 2020; đến năm 2025 vào nhóm bốn nước dẫn đầu ASEAN.',
   'Rise 10 to 15 places in the UN''s e-government ranking in 2020, and be among the first four of ASEAN by 2025.',
   '{NQ17-G1,NQ17-G2}'::text[], '{}'::text[]),
  (2, 'P1',
   'Chính phủ điện tử dựa trên dữ liệu và dữ liệu mở, bảo đảm an toàn, hướng tới chính phủ số, kinh tế số và xã hội số.',
   'E-government on data and open data, kept secure, on the way to a digital government, economy and society.',
   '{}', '{open-data,information-security,digital-economy-society}'),
  (3, 'P2, 1',
   'Xây dựng Trục liên thông văn bản quốc gia và phát triển thành nền tảng tích hợp, chia sẻ dữ liệu.',
   'Build the national document exchange axis and make it the platform on which data are integrated and shared.',
   '{}', '{national-document-axis,national-axis-data-sharing}'),
  (4, 'P2, 2',
   'Hoàn thiện cơ sở dữ liệu quốc gia về đăng ký doanh nghiệp; nâng năng lực mạng truyền số liệu chuyên dùng.',
   'Complete the national business registration database; strengthen the dedicated government data network.',
   '{}', '{business-registration-db,data-network}'),
  (5, 'P3, 1',
   'Ít nhất 20% người dân và doanh nghiệp dùng hệ thống Chính phủ điện tử được xác thực định danh thống nhất.',
   'At least 20% of the people and enterprises that use e-government have one authenticated identity.',
   '{NQ17-01}', '{}'),
  (6, 'P3, 2',
   'Mỗi bộ, ngành, địa phương giải quyết trực tuyến ít nhất 20% hồ sơ; 30% dịch vụ mức độ 3, 4 lên Cổng Dịch vụ công quốc gia; mọi hồ sơ qua hệ thống một cửa điện tử.',
   'Every ministry and province settles at least 20% of its dossiers online; 30% of level 3-4 services stand on the national portal; all dossiers pass through an e-one-stop system.',
   '{NQ17-02,NQ17-03,NQ17-04}', '{national-service-portal,agency-portal-one-stop}'),
  (7, 'P4',
   'Chín chỉ tiêu về chất lượng dịch vụ công trực tuyến và cổng thông tin: mức độ 4, giao diện di động, hỗ trợ, công khai, chữ ký số, hồ sơ điện tử, tự điền dữ liệu, dùng dữ liệu doanh nghiệp.',
   'Nine measures of online services and portals: level 4, mobile interface, help, disclosure, digital signature, electronic dossiers, prefilled data, use of business data.',
   '{NQ17-05,NQ17-06,NQ17-07,NQ17-08,NQ17-09,NQ17-10,NQ17-11,NQ17-12,NQ17-13}', '{}'),
  (8, 'P5',
   'Trình Khung kiến trúc Chính phủ điện tử phiên bản 2.0, có mô hình tham chiếu cho hệ thống dùng chung.',
   'Submit version 2.0 of the e-government architecture framework, with reference models for shared systems.',
   '{}', '{architecture-framework-2,reference-models}'),
  (9, 'P6',
   'Công bố và cập nhật hằng năm kiến trúc tổng thể; mỗi bộ, tỉnh có kiến trúc của mình theo Khung 2.0 và áp dụng.',
   'Publish the overall architecture and update it every year; each ministry and province has its own in line with framework 2.0, and applies it.',
   '{}', '{overall-architecture-yearly,agency-architecture,agency-architecture-updates}'),
  (10, 'P7',
   'Đưa cơ sở dữ liệu dân cư và doanh nghiệp vào sử dụng và chia sẻ cho Cổng Dịch vụ công quốc gia và các hệ thống.',
   'Put the population and business databases to use and share them with the national portal and other systems.',
   '{}', '{population-db,population-db-sharing,population-db-phase-2,business-registration-sharing}')
) AS s(place, clause, text_vi, text_en, targets, tasks)
UNION ALL
-- What no sentence above has: in the full text alone.
SELECT 99, NULL,
       'Các mục tiêu và nhiệm vụ khác của toàn văn, biết qua nguồn khác.',
       'Other targets and tasks of the full text, known from other sources.',
       (SELECT coalesce(array_agg(t.target_id ORDER BY t.deadline, i.ordinal), '{}')
          FROM target t JOIN indicator i USING (slug)
         WHERE t.set_name = 'NQ17' AND t.clause_vi LIKE '%toàn văn%'),
       (SELECT coalesce(array_agg(k.task ORDER BY k.due, k.task COLLATE "C"), '{}')
          FROM task k WHERE k.clause IS NULL);

-- The nation's figure by which a target is judged: that of the period asked for where the
-- target applies in it, else that of the target's last year, or of its last survey.
CREATE FUNCTION resolution_target(id text, figures observation[], span text) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  SELECT json_build_object(
    'target_id', t.target_id, 'name_vi', t.name_vi, 'name_en', t.name_en, 'deadline', t.deadline,
    'direction', t.direction, 'target_numerator', t.numerator,
    'target_percent', CASE WHEN i.kind <> 'survey'
         THEN trim_scale(100 * t.numerator::numeric / t.denominator)::text END,
    'clause_vi', t.clause_vi, 'clause_en', t.clause_en, 'verified', t.verified AND i.verified,
    'indicator', t.slug, 'number', i.number,
    'figure', f.figure, 'period', o.period,          -- again, as the line of a table
    'numerator', o.numerator, 'denominator', o.denominator, 'value', o.value, 'percent', o.percent,
    'status', coalesce(o.status, CASE WHEN known THEN 'no_data' END),
    'coverage', o.coverage, 'maturity', o.maturity, 'dispute', f.figure -> 'dispute')
    FROM target t JOIN indicator i USING (slug)
   CROSS JOIN LATERAL (SELECT t.verified AND i.verified AS known) k
    LEFT JOIN LATERAL (
      SELECT f.* FROM unnest(figures) f
       WHERE k.known AND f.target_id = t.target_id AND f.agency_id = 0
         AND (i.kind <> 'survey' OR f.value IS NOT NULL)
       ORDER BY f.period = span DESC, upper(period_range(f.period)) DESC LIMIT 1) o ON true
    LEFT JOIN LATERAL (SELECT observation_object(o) AS figure WHERE o.indicator IS NOT NULL) f ON true
   WHERE t.target_id = id);
END $$;

-- RECAST changes nothing here, and is answered for: all figures are the nation's.
CREATE FUNCTION page_resolution(asked text, recast text DEFAULT NULL) RETURNS json
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$   -- planned once a session
#variable_conflict use_variable
DECLARE
  span text := page_period(asked);
  figures observation[];
  today date := store_day();    -- asked once, not of every milestone
BEGIN
  -- Published or live, each period as the visitor sees it elsewhere.
  figures := ARRAY(
    SELECT o FROM (SELECT span AS code, NULL AS wanted
                   UNION
                   SELECT to_char(t.deadline, 'YYYY'), NULL
                     FROM target t JOIN indicator i USING (slug)
                    WHERE t.set_name = 'NQ17' AND t.verified AND i.verified AND i.kind <> 'survey'
                   UNION
                   SELECT (SELECT max(n.year) FROM national n
                            WHERE n.series = 'un-egdi-rank' AND n.year <= extract(year FROM t.deadline))::text, t.slug
                     FROM target t JOIN indicator i USING (slug)
                    WHERE t.set_name = 'NQ17' AND t.verified AND i.kind = 'survey') p
     CROSS JOIN LATERAL observations(p.code, wanted => p.wanted) o
     WHERE p.code IS NOT NULL AND o.agency_id = 0 AND o.target_id IS NOT NULL);
  RETURN (
    WITH done AS MATERIALIZED (
      SELECT m.task, milestone_counts(array_agg(m.status)) AS counts, min(m.due) AS due,
             count(*) > 1 AS many, max(m.done_on) AS done_on, bool_and(m.verified) AS verified
        FROM milestones(today, NULL) m GROUP BY m.task
    ), sentence AS (
      SELECT s.place, s.targets <> '{}' AS quantified, json_build_object(
               'place', s.place, 'clause', s.clause, 'text_vi', s.text_vi, 'text_en', s.text_en,
               'quantified', s.targets <> '{}',
               'targets', (SELECT coalesce(json_agg(resolution_target(t.id, figures, span) ORDER BY t.at), '[]')
                             FROM unnest(s.targets) WITH ORDINALITY AS t(id, at)),
               'tasks', (SELECT coalesce(json_agg(json_build_object(
                             'task', k.task, 'name_vi', k.name_vi, 'name_en', coalesce(k.name_en, k.name_vi),
                             'qualitative', k.kind = 'qualitative', 'due', d.due, 'many', d.many,
                             'done_on', d.done_on, 'counts', d.counts, 'verified', d.verified) ORDER BY t.at), '[]')
                           FROM unnest(s.tasks) WITH ORDINALITY AS t(id, at)
                           JOIN task k ON k.task = t.id LEFT JOIN done d ON d.task = k.task)) AS body
        FROM resolution_sentence s
    )
    SELECT json_build_object(
      'period', span, 'frame', page_frame(span),
      'recast_label', recast_label(coalesce(recast::boolean, false), true),
      'count', (SELECT count(*) FROM sentence WHERE place < 99),
      'quantified', (SELECT count(*) FROM sentence WHERE place < 99 AND quantified),
      'sentences', (SELECT json_agg(s.body ORDER BY s.place) FROM sentence s)));
END $$;
