/* problem.c -- what was wrong with a request for data: RFC 9457 problem details. */
#include "web/problem.h"

#include <string.h>

static const struct problem {
	const char *code;
	int status, retry_after; /* seconds; 0: none */
	const char *title_vi, *title_en, *detail_vi, *detail_en;
} problems[] = {
	/* Of every address. */
	{ "bad_request", 400, 0, "Yêu cầu không đúng", "Bad request",
	  "Có chỗ trong yêu cầu không đọc được hoặc không được biết.",
	  "Something in the request cannot be read, or is not known." },
	{ "bad_framing", 400, 0, "Không rõ độ dài nội dung", "Unclear length of the body",
	  "Hãy gửi một Content-Length hoặc Transfer-Encoding: chunked, chỉ một lần.",
	  "Send one Content-Length or Transfer-Encoding: chunked, and only once." },
	{ "not_found", 404, 0, "Không tìm thấy", "Not found",
	  "Không có gì ở địa chỉ này.", "There is nothing at this address." },
	{ "not_signed_in", 401, 0, "Cần đăng nhập", "Sign in first",
	  "Địa chỉ này cần phiên đăng nhập hoặc khóa API.",
	  "This address needs a session or an API key." },
	{ "forbidden", 403, 0, "Không có quyền", "Not allowed",
	  "Tài khoản này không được phép xem hoặc làm việc này.",
	  "This account may not see or do this." },
	{ "form_refused", 403, 0, "Biểu mẫu không được nhận", "The form was refused",
	  "Biểu mẫu đã cũ hoặc không được gửi từ trang của hệ thống. Hãy mở lại trang rồi "
	  "gửi lại.",
	  "The form is old, or was not sent from a page of this system. Open the page again "
	  "and send it once more." },
	{ "media_type_form", 415, 0, "Không nhận loại nội dung này",
	  "Unsupported media type",
	  "Địa chỉ này nhận biểu mẫu: application/x-www-form-urlencoded hoặc "
	  "multipart/form-data.",
	  "This address takes forms: application/x-www-form-urlencoded or "
	  "multipart/form-data." },
	{ "method_not_allowed", 405, 0, "Không hỗ trợ phương thức này",
	  "Method not allowed", "Các phương thức dùng được ghi ở tiêu đề Allow.",
	  "The header Allow names the methods that can be used." },
	{ "not_acceptable", 406, 0, "Không có định dạng này", "No such format",
	  "Địa chỉ này không có ở định dạng được yêu cầu.",
	  "This address does not answer in the format asked for." },
	{ "conflict", 409, 0, "Không khớp với hiện trạng",
	  "It does not fit what is there",
	  "Trạng thái đã thay đổi từ khi được đọc, hoặc tên đã được dùng.",
	  "It has changed since it was read, or the name is taken." },
	{ "store_version", 409, 0, "Cơ sở dữ liệu không khớp phiên bản",
	  "The database is of another version",
	  "Cơ sở dữ liệu không khớp với phiên bản chương trình.",
	  "The database does not match this version of the program." },
	{ "body_unwanted", 413, 0, "Nội dung quá lớn", "Content too large",
	  "Địa chỉ này không nhận nội dung gửi kèm.", "This address takes no content." },
	{ "too_many_reports", 429, 3600, "Đã tạo quá nhiều báo cáo mới",
	  "Too many new reports",
	  "Báo cáo của số liệu chưa công bố được đăng ký để kiểm chứng và có hạn mức mỗi ngày. "
	  "Báo cáo của số liệu đã công bố thì không; người đã đăng nhập có hạn mức riêng.",
	  "Reports of figures that were not published are registered so that they can be "
	  "verified, and so many a day at most. Those of published figures are not limited; "
	  "who is signed in has a limit of their own." },
	{ "fault", 500, 0, "Lỗi của hệ thống", "A fault of the system",
	  "Có lỗi ở phía chúng tôi; lỗi đã được ghi lại.",
	  "Something went wrong on our side; it has been recorded." },
	{ "busy", 503, 5, "Tạm thời không phục vụ được", "Temporarily unavailable",
	  "Cơ sở dữ liệu đang bận hoặc đang khởi động lại. Hãy thử lại sau ít giây.",
	  "The database is busy or restarting. Try again in a few seconds." },

	/* Of sending records, and of what became of them. */
	{ "bad_parameter", 400, 0, "Tham số không đúng", "Bad parameter",
	  "Có tham số không đọc được hoặc không được biết.",
	  "A parameter cannot be read, or is not known." },
	{ "bad_idempotency_key", 400, 0, "Idempotency-Key không đúng",
	  "Bad Idempotency-Key", "Idempotency-Key phải có từ 1 đến 200 ký tự ASCII.",
	  "An Idempotency-Key has 1 to 200 ASCII characters." },
	{ "file_refused", 400, 0, "Tệp bị từ chối", "The file was refused",
	  "Cả tệp bị từ chối; không bản ghi nào được lưu.",
	  "The whole file was refused; no record was stored." },
	{ "key_missing", 401, 0, "Thiếu khóa API", "No API key",
	  "Hãy gửi Authorization: Bearer KHÓA.", "Send Authorization: Bearer KEY." },
	{ "key_invalid", 401, 0, "Khóa API không có hiệu lực", "The API key is not valid",
	  "Khóa không tồn tại, đã hết hạn hoặc đã bị thu hồi.",
	  "There is no such key, or it has expired, or it was revoked." },
	{ "key_type", 403, 0, "Khóa không được gửi loại bản ghi này",
	  "The key may not send this record type",
	  "Hãy xin khóa cho loại bản ghi này (nq17 key add --types).",
	  "Ask for a key for this record type (nq17 key add --types)." },
	{ "key_agency", 403, 0, "Khóa thuộc cơ quan khác", "The key is another agency's",
	  "Khóa chỉ gửi được bản ghi của cơ quan mình và các cơ quan tiền thân.",
	  "A key speaks for its own agency and its predecessors only." },
	{ "unknown_type", 404, 0, "Không có loại bản ghi này", "No such record type",
	  "Các loại: dossier, service, fact, count, milestone.",
	  "The types are dossier, service, fact, count and milestone." },
	{ "unknown_batch", 404, 0, "Không có lô này", "No such batch",
	  "Không có lô nào mang số hoặc tên này của cơ quan giữ khóa.",
	  "The agency of this key has no batch of this number or name." },
	{ "too_large", 413, 0, "Nội dung quá lớn", "Content too large",
	  "Hãy chia thành nhiều yêu cầu nhỏ hơn; kết quả không thay đổi.",
	  "Split it into several requests; the result is the same." },
	{ "media_type", 415, 0, "Không nhận loại nội dung này", "Unsupported media type",
	  "Content-Type phải là text/csv, application/x-ndjson, application/json, "
	  "application/cloudevents+json, application/cloudevents-batch+json hoặc loại "
	  "của sổ Excel (.xlsx).",
	  "Content-Type is one of text/csv, application/x-ndjson, application/json, "
	  "application/cloudevents+json, application/cloudevents-batch+json and that of "
	  "Excel workbooks (.xlsx)." },
	{ "charset", 415, 0, "Chỉ nhận UTF-8", "Only UTF-8 is taken",
	  "Hãy lưu nội dung ở dạng UTF-8.", "Send the content as UTF-8." },
	{ "content_encoding", 415, 0, "Không nhận cách nén này",
	  "Unsupported content encoding",
	  "Content-Encoding phải là identity, gzip hoặc zstd.",
	  "Content-Encoding is identity, gzip or zstd." },
	{ "idempotency_key_reused", 422, 0, "Idempotency-Key đã dùng cho nội dung khác",
	  "The Idempotency-Key was used for something else",
	  "Mỗi nội dung cần một Idempotency-Key riêng.",
	  "Each body needs an Idempotency-Key of its own." },
	{ "too_many_requests", 429, 1, "Quá nhiều yêu cầu", "Too many requests",
	  "Khóa hoặc địa chỉ này gửi quá nhiều yêu cầu mỗi phút. Hãy chờ một lúc; nếu gửi bản "
	  "ghi thì gộp lại.",
	  "This key or address sends too many requests a minute. Wait a while; put more "
	  "records into each." },
	{ "too_many_bodies", 429, 5, "Quá nhiều yêu cầu cùng lúc",
	  "Too many requests at a time",
	  "Hãy chờ các yêu cầu đang gửi của khóa này kết thúc.",
	  "Wait until the requests that this key is sending are done." },
	{ "too_many_waiting", 429, 10, "Quá nhiều lô đang chờ", "Too many batches wait",
	  "Các lô đã nhận của khóa này còn đang chờ ghi vào cơ sở dữ liệu.",
	  "Batches of this key that were received still wait to be committed." },
	{ "disk_full", 503, 60, "Tạm hết chỗ chứa", "No room at the moment",
	  "Máy chủ gần hết dung lượng đĩa. Chưa nhận gì; hãy gửi lại sau.",
	  "The disk of the server is nearly full. Nothing was taken; send it again later." },
	{ "unavailable", 503, 5, "Tạm thời không phục vụ được", "Temporarily unavailable",
	  "Chưa xác nhận được đã nhận; hãy gửi lại với cùng Idempotency-Key.",
	  "Nothing was acknowledged; send it again with the same Idempotency-Key." },
};

static const struct problem *find(const char *code)
{
	for (size_t i = 0; i < sizeof problems / sizeof *problems; i++)
		if (strcmp(problems[i].code, code) == 0)
			return &problems[i];
	BUG("no problem \"%s\"", code);
}

const char *problem_of(const struct error *err)
{
	switch (err->kind) {
	case ERROR_INVALID:
		return "bad_request";
	case ERROR_NOT_FOUND:
		return "not_found";
	case ERROR_CONFLICT:
		return strcmp(err->sqlstate, "NQ409") == 0 ? "conflict" : "store_version";
	case ERROR_UNAVAILABLE:
		return "busy";
	default:
		return "fault";
	}
}

int problem_status(const char *code)
{
	return find(code)->status;
}

/* The members of the JSON object MEMBERS after those of ours. */
static void add_members(struct text *out, const char *members)
{
	size_t length = strlen(members);

	while (length > 0 && strchr("} \n", members[length - 1]))
		length--;
	text_add_char(out, ',');
	text_add_bytes(out, members + 1, length - 1);
}

void problem_fill(struct reply *reply, const char *code, const char *language,
		  const char *instance, const char *reason, const char *members)
{
	const struct problem *problem = find(code);
	int english = strcmp(language, "en") == 0;
	struct text *out = &reply->body;

	reply_free(reply);
	reply->status = problem->status;
	reply->retry_after = problem->retry_after;
	if (problem->status == 401 && strncmp(code, "key_", 4) == 0)
		reply->authenticate =
			strcmp(code, "key_missing") == 0
				? "Bearer realm=\"nq17\""
				: "Bearer realm=\"nq17\", error=\"invalid_token\"";
	reply->type = "application/problem+json";
	text_addf(out, "{\"type\":\"urn:nq17:problem:%s\",\"status\":%d,\"code\":\"%s\",",
		  code, problem->status, code);
	text_add(out, "\"title\":");
	text_add_json(out, english ? problem->title_en : problem->title_vi);
	text_add(out, ",\"detail\":");
	text_add_json(out, english ? problem->detail_en : problem->detail_vi);
	if (reason) {
		text_add(out, ",\"reason\":");
		text_add_json(out, reason);
	}
	text_add(out, ",\"instance\":");
	text_add_json(out, instance);
	if (members)
		add_members(out, members);
	text_add(out, "}\n");
	reply_finish(reply, ENCODING_NONE);
}
