-- 06_profiles.sql -- mapping profiles that ship.

-- What the one-stop systems of the provinces send to the National Public Service Portal:
-- field names, times as yyyyMMddHHmmss, and the national code lists, as they are in a
-- provincial system's synchronisation job (GitHub HuanVu201/DichVuCong_KhoaLuan_PASETO,
-- ISyncLocalDataToDVCQGService).  Statuses 1 (registered) and 3 (not received) are no
-- dossiers that were received.  That system sends 5, 6 and 8 (waiting, paying, stopped) as 9:
-- a profile cannot undo that.  Channel 3 is the public post.
INSERT INTO profile (name, version, type, state, author, definition) VALUES
('npsp', 1, 'dossier', 'on', 'catalogue', $profile${
  "type": "dossier",
  "columns": {
    "MaHoSo": "dossier",
    "MaTTHC": "procedure",
    "TenTTHC": "ignored",
    "MaLinhVuc": "ignored",
    "TenLinhVuc": "sector",
    "KenhThucHien": {"field": "channel", "map": {"1": "counter", "2": "online", "3": "post"}},
    "LoaiDoiTuong": {"field": "applicant_type",
                     "map": {"1": "citizen", "2": "enterprise", "3": "agency", "4": "other"}},
    "NgayTiepNhan": {"field": "received_at", "style": "yyyyMMddHHmmss"},
    "NgayHenTra": {"field": "due_at", "style": "yyyyMMddHHmmss"},
    "NgayKetThucXuLy": {"field": "resolved_at", "style": "yyyyMMddHHmmss"},
    "NgayTra": {"field": "resolved_at", "style": "yyyyMMddHHmmss"},
    "TrangThaiHoSo": {"field": "status",
                      "map": {"1": null, "2": "received", "3": null, "4": "processing",
                              "5": "supplement", "6": "processing", "7": "withdrawn",
                              "8": "processing", "9": "resolved", "10": "resolved"}},
    "DonViXuLy": "unit",
    "DuocThanhToanTrucTuyen": {"field": "paid_online", "map": {"0": "false", "1": "true"}},
    "TaiKhoanDuocXacThucVoiVNeID": {"field": "identity_verified",
                                    "map": {"0": "false", "1": "true"}},
    "HoSoCoThanhPhanSoHoa": {"field": "electronic", "map": {"0": "false", "1": "true"}},
    "HinhThuc": "ignored",
    "NoiNopHoSo": "ignored",
    "NgayNopHoSo": "ignored",
    "NgayTuChoi": "ignored",
    "MaDoiTuong": "personal",
    "ChuHoSo": "personal",
    "SoGiayToChuHoSo": "personal",
    "DinhDanhCHS": "personal",
    "Email": "personal",
    "Fax": "personal",
    "SoDienThoai": "personal",
    "TrichYeuHoSo": "personal",
    "ThongTinKhac": "personal",
    "ThongTinTra": "personal",
    "GhiChu": "personal",
    "TaiLieuNop": "personal",
    "DanhSachLePhi": "personal",
    "DanhSachTepDinhKemKhac": "personal",
    "DanhSachHoSoBoSung": "personal",
    "DanhSachGiayToKetQua": "personal",
    "DSKetNoiCSDL": "ignored"
  },
  "constants": {"one_stop": "true"}
}$profile$)
ON CONFLICT (name, version) DO UPDATE SET definition = excluded.definition;
