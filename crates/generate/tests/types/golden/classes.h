/* Field `where` */
struct barectf_s_context_where {
	uint16_t x;
	uint16_t y;
};

/* Field `where` */
struct barectf_s_e_context_where {
	uint16_t x;
	uint16_t y;
};

/* Field `where` */
struct barectf_s_e_where {
	uint16_t x;
	uint16_t y;
};

/* Field `file.at` */
struct barectf_s_e_file_at {
	uint16_t x;
	uint16_t y;
};

/* Field `file` */
struct barectf_s_e_file {
	const char *class_;
	uint32_t sizes_len;
	const uint64_t *sizes;
	struct barectf_s_e_file_at at;
	const double *self;
};

/* Field `corners` */
struct barectf_s_e_corners {
	uint16_t x;
	uint16_t y;
};

/* Field `files.at` */
struct barectf_s_e_files_at {
	uint16_t x;
	uint16_t y;
};

/* Field `files` */
struct barectf_s_e_files {
	const char *class_;
	uint32_t sizes_len;
	const uint64_t *sizes;
	struct barectf_s_e_files_at at;
	const double *self;
};

/* Field `rows` */
struct barectf_s_e_rows {
	uint32_t value_len;
	const uint32_t *value;
};

/* Field `parts` */
struct barectf_s_e_parts {
	uint32_t value_len;
	const char * const *value;
};

/* Field `result.file.at` */
struct barectf_s_e_result_file_at {
	uint16_t x;
	uint16_t y;
};

/* Field `result.file` */
struct barectf_s_e_result_file {
	const char *class_;
	uint32_t sizes_len;
	const uint64_t *sizes;
	struct barectf_s_e_result_file_at at;
	const double *self;
};

/* Field `result.list` */
struct barectf_s_e_result_list {
	uint32_t value_len;
	const uint16_t *value;
};

/* Which one field `result` is */
enum barectf_s_e_result_tag {
	BARECTF_S_E_RESULT_NONE = 0,
	BARECTF_S_E_RESULT_NUMBER = 1,
	BARECTF_S_E_RESULT_TEXT = 2,
	BARECTF_S_E_RESULT_FILE = 3,
	BARECTF_S_E_RESULT_LIST = 4
};

/* Field `result` */
struct barectf_s_e_result {
	enum barectf_s_e_result_tag tag;
	union {
		int none;
		uint32_t number;
		const char *text;
		struct barectf_s_e_result_file file;
		struct barectf_s_e_result_list list;
	} value;
};

/* Traces event `e` */
void barectf_s_trace_e(
	struct barectf_s_ctx *sctx,
	const struct barectf_s_context_where *cc_where,
	const struct barectf_s_e_context_where *sc_where,
	int p_is_on,
	int p_is_odd,
	const uint8_t *p_mac,
	uint32_t p___image_len,
	const uint8_t *p_image,
	const struct barectf_s_e_where *p_where,
	const struct barectf_s_e_file *p_file,
	const struct barectf_s_e_corners *p_corners,
	uint32_t p___files_len,
	const struct barectf_s_e_files *p_files,
	const struct barectf_s_e_rows *p_rows,
	const char *p_comment,
	const uint32_t *p_count,
	const struct barectf_s_e_parts *p_parts,
	const struct barectf_s_e_result *p_result);
