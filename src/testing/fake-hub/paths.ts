/** A repo in the API, `/api/models/owner/name`. */
export const apiRepo = '^/api/(?<kind>models|datasets)/(?<id>[^/]+/[^/]+)';

/** A repo on the site: models have no prefix. */
export const webRepo = '^/(?:(?<kind>datasets)/)?(?<id>[^/]+/[^/]+)';

/** One encoded segment; the Hub's own refs may also come with their slashes. */
export const revision = '(?<rev>refs/(?:convert|pr)/[^/]+|[^/]+)';
