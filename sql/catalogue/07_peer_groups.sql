-- 07_peer_groups.sql -- whom provinces are fairly compared with: centrally run cities and
-- regions.  Membership is dated: the register's regions (agency.region, the six-region
-- scheme of 2019-2020) hold until 30 June 2025, the regions of the 34 provinces since.
INSERT INTO peer_group (peer_group, ordinal, name_vi, name_en, source) VALUES
  ('cities', 1, 'Thành phố trực thuộc trung ương', 'Centrally run cities',
   'names and validity of the register (01_agencies.sql)'),
  ('northern-midlands', 2, 'Trung du và miền núi phía Bắc', 'Northern midlands and mountains', 'agencies.csv, agencies_ext.csv'),
  ('red-river-delta', 3, 'Đồng bằng sông Hồng', 'Red River Delta', 'agencies.csv, agencies_ext.csv'),
  ('north-south-central-coast', 4, 'Bắc Trung Bộ và Duyên hải miền Trung', 'North Central and Central Coast', 'agencies.csv'),
  ('central-highlands', 5, 'Tây Nguyên', 'Central Highlands', 'agencies.csv'),
  ('north-central', 6, 'Bắc Trung Bộ', 'North Central', 'agencies_ext.csv'),
  ('south-central-highlands', 7, 'Duyên hải Nam Trung Bộ và Tây Nguyên', 'South Central Coast and Central Highlands', 'agencies_ext.csv'),
  ('southeast', 8, 'Đông Nam Bộ', 'Southeast', 'agencies.csv, agencies_ext.csv'),
  ('mekong-delta', 9, 'Đồng bằng sông Cửu Long', 'Mekong Delta', 'agencies.csv, agencies_ext.csv')
ON CONFLICT (peer_group) DO UPDATE SET (ordinal, name_vi, name_en, source)
  = (excluded.ordinal, excluded.name_vi, excluded.name_en, excluded.source);

INSERT INTO peer_member (peer_group, agency_id, first_day, last_day, source)
SELECT 'cities', agency_id, valid_from, coalesce(valid_to, 'infinity'), source
  FROM agency WHERE kind = 'province' AND name_vi LIKE 'Thành phố %'
UNION ALL
SELECT g.peer_group, a.agency_id, a.valid_from,
       least(coalesce(a.valid_to, 'infinity'), date '2025-06-30'), 'agencies.csv: ' || a.source
  FROM agency a JOIN peer_group g ON g.name_vi = a.region
 WHERE a.kind = 'province' AND a.valid_from < date '2025-07-01'
UNION ALL
SELECT r.peer_group, a.agency_id, greatest(a.valid_from, date '2025-07-01'),
       coalesce(a.valid_to, 'infinity'), 'agencies_ext.csv: ' || a.source
  FROM (VALUES
    ('red-river-delta', ARRAY['01', '22', '24@2025', '31@2025', '33@2025', '37@2025']),
    ('northern-midlands', ARRAY['04', '11', '12', '14', '20', '08@2025', '15@2025', '19@2025', '25@2025']),
    ('north-central', ARRAY['38', '40', '42', '46@2025', '44@2025']),
    ('south-central-highlands', ARRAY['48@2025', '51@2025', '52@2025', '56@2025', '66@2025', '68@2025']),
    ('southeast', ARRAY['75@2025', '75@2026', '79@2025', '80@2025']),
    ('mekong-delta', ARRAY['82@2025', '86@2025', '91@2025', '92@2025', '96@2025'])
  ) AS r(peer_group, labels) JOIN agency a ON a.label = ANY (r.labels)
ON CONFLICT (peer_group, agency_id, first_day) DO UPDATE SET (last_day, source)
  = (excluded.last_day, excluded.source);
