// What the page asks its server. Every answer may be missing: the server may be gone, and a run may have vanished.

export async function get(path) {
  try {
    const answer = await fetch(path, { credentials: 'same-origin' });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

const list = ids => [...ids].join(',');

export const series = async (tag, ids, points) =>
  await get(`/api/series?tag=${encodeURIComponent(tag)}&points=${points}&runs=${list(ids)}`) ?? [];
export const curves = async (band, ids) => await get(`/api/curves?band=${band}&runs=${list(ids)}`) ?? [];
export const tags = async () => await get('/api/tags') ?? [];
export const ofRun = (id, what) => get(`/api/runs/${encodeURIComponent(id)}/${what}`);
export const difference = (before, after) => get(`/api/difference?before=${before}&after=${after}`);
export const fileAddress = (id, file) => `/files/${id}/${encodeURIComponent(file.name)}?${Date.parse(file.written)}`;
