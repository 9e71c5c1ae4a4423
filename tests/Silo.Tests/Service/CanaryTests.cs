using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Prism.Silo.Configuration;
using Prism.Silo.Configuration.Kinds;

namespace Prism.Tests.Service;

/// <summary>
/// A secret in every key, header and prompt, and a look at everything that others than its owner get to see. On Redis the same is looked for by
/// the tests that have one.
/// </summary>
public sealed class CanaryTests
{
    private const string Prompt = "canary-prompt-7f3a";
    private const string Header = "canary-header-7f3a";
    private const string Key = "canary-key-7f3a";

    // By provider: what it does with the calls. Each quotes what it was sent, as some do.
    private static readonly int[] Statuses = [200, 400, 401, 500];

    [Fact]
    public async Task No_secret_comes_out_anywhere()
    {
        var status = 200;
        await using var upstream = await ScriptedUpstream.StartAsync(call => AnswerAsync(call, status));
        var settings = Keys(upstream.Url).Append(("LLM_LOG_LEVEL", "trace")).Append(("LLM_DASHBOARD_ENABLED", "true")).Append(("LLM_MAX_RETRIES", "0")).ToArray();
        await using var prism = await PrismService.StartAsync(settings);
        var seen = new StringBuilder();
        foreach (var provider in new[] { "openai", "anthropic", "ollama", "extra", "echo" })
        {
            foreach (var one in Statuses)
            {
                status = one;
                await ChatAsync(prism, provider, seen);
            }
        }

        await MisuseAsync(prism, seen);
        var keys = seen.ToString();
        foreach (var page in Pages(prism))
        {
            seen.Append(await (await prism.Http.SendAsync(Request(HttpMethod.Get, page, null))).Content.ReadAsStringAsync());
        }

        var log = await prism.StopAsync();
        // Answers are for who asked: the prompt may be in them, a key never.
        Assert.DoesNotContain(Key, keys, StringComparison.Ordinal);
        Assert.DoesNotContain(Header, keys, StringComparison.Ordinal);
        var shown = seen.ToString(keys.Length, seen.Length - keys.Length) + log;
        Assert.Contains("llm_requests_total", shown, StringComparison.Ordinal);
        Assert.Contains("/v1/chat", shown, StringComparison.Ordinal);
        foreach (var secret in new[] { Key, Header, Prompt })
        {
            var at = shown.IndexOf(secret, StringComparison.Ordinal);
            Assert.True(at < 0, at < 0 ? "" : $"{secret}: …{shown[Math.Max(0, at - 300)..Math.Min(shown.Length, at + 100)]}…");
        }

        Assert.Contains(upstream.Received, request => request.Headers.Values.Any(value => value.Contains(Key, StringComparison.Ordinal)));
        Assert.DoesNotContain(upstream.Received, request => request.Headers.Values.Any(value => value.Contains(Header, StringComparison.Ordinal)));
    }

    // Every secret that can be set, but for the address of a Redis that is not there.
    private static IEnumerable<(string Name, string Value)> Keys(string upstream) =>
    [
        .. new SettingsTable(["extra"]).All
            .Where(setting => setting.Kind.IsSecret && setting.Kind is not RedisUrlKind)
            .Select(setting => (setting.Name, (setting.Kind is HeadersKind ? "x-canary=" : "") + $"{Key}-{setting.Name}")),
        ("LLM_PROVIDERS", "extra"),
        ("LLM_EXTRA_TYPE", "openai"),
        ("LLM_EXTRA_DEFAULT_MODEL", "extra-1"),
        .. new[] { "OPENAI", "ANTHROPIC", "OLLAMA", "EXTRA" }.Select(provider => ($"LLM_{provider}_BASE_URL", upstream)),
    ];

    private static async Task AnswerAsync(UpstreamCall call, int status)
    {
        if (status != 200)
        {
            var quoted = string.Join(' ', call.Request.Headers.Select(header => header.Value)).Replace("\"", "'", StringComparison.Ordinal);
            var key = call.Request.Headers.GetValueOrDefault("Authorization", call.Request.Headers.GetValueOrDefault("x-api-key", "")).Split(' ')[^1];
            await call.JsonAsync($$$"""{"type":"error","error":{"type":"e","message":"{{{quoted}}} {{{Prompt}}}","code":"{{{key}}}"}}""", status);
            return;
        }

        await (call.Request.Path switch
        {
            "/api/chat" => Vendor.Ollama,
            "/v1/messages" => Vendor.Anthropic,
            _ => Vendor.OpenAi,
        }).AnswerAsync(call);
    }

    private static async Task ChatAsync(PrismService prism, string provider, StringBuilder seen)
    {
        foreach (var stream in new[] { "false", "true" })
        {
            await SendAsync(
                prism,
                HttpMethod.Post,
                "/v1/chat/completions?provider=" + provider,
                $$$"""{"messages":[{"role":"system","content":"{{{Prompt}}}"},{"role":"user","content":"{{{Prompt}}}"}],"stream":{{{stream}}},"user":"{{{Prompt}}}"}""",
                seen);
        }
    }

    private static async Task MisuseAsync(PrismService prism, StringBuilder seen)
    {
        await SendAsync(prism, HttpMethod.Post, "/v1/chat", $$$"""{"messages":"{{{Prompt}}}"}""", seen);
        await SendAsync(prism, HttpMethod.Post, "/v1/chat", $$$"""{"messages":[{"role":"{{{Prompt}}}" {{{Prompt}}}""", seen);
        await SendAsync(prism, HttpMethod.Post, "/v1/chat?key=" + Key, $$$"""{"template":"summarize","variables":{"text":"{{{Prompt}}}"}}""", seen);
        await SendAsync(prism, HttpMethod.Put, "/v1/templates/mine", $$$"""{"template":"{{{Prompt}}} {{ x }}"}""", seen);
        await SendAsync(prism, HttpMethod.Post, "/v1/templates/mine/render", $$$"""{"variables":{"x":"{{{Prompt}}}"}}""", seen);
        await SendAsync(prism, HttpMethod.Post, "/v1/runs", $$$"""{"steps":[{"template":"{{{Prompt}}} {{ x }}","output_key":"a"}],"inputs":{"x":"{{{Prompt}}}"}}""", seen);
        await SendAsync(prism, HttpMethod.Post, "/v1/runs", $$$"""{"steps":[{"template":"{{ 1 / 0 }} {{{Prompt}}}","output_key":"a"}],"inputs":{"x":"{{{Prompt}}}"}}""", seen);
        await SendAsync(prism, HttpMethod.Get, "/nowhere?key=" + Key, null, seen);
    }

    private static string[] Pages(PrismService prism) =>
    [
        "/metrics", new Uri(prism.MetricsUrl, "/metrics").ToString(), "/health", "/healthz", "/providers", "/v1/models", "/admin/providers",
        "/dashboard/DashboardCounters", "/dashboard/ClusterStats", "/dashboard/Reminders", "/dashboard/TopGrainMethods", "/dashboard/GrainTypes",
        "/dashboard/LifecycleStages", "/dashboard/Trace",
        .. new[] { "SiloProperties", "SiloMetadata", "SiloStats", "SiloCounters", "HistoricalStats" }
            .Select(page => string.Create(CultureInfo.InvariantCulture, $"/dashboard/{page}/127.0.0.1:{prism.SiloPort}@0")),
    ];

    private static async Task SendAsync(PrismService prism, HttpMethod method, string path, string? body, StringBuilder seen)
    {
        using var request = Request(method, path, body);
        using var response = await prism.Http.SendAsync(request);
        seen.Append(response.Headers).Append(await response.Content.ReadAsStringAsync());
    }

    private static HttpRequestMessage Request(HttpMethod method, string path, string? body)
    {
        var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        // The administrator's key, where that is a setting: then it opens everything.
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", $"{Key}-LLM_ADMIN_API_KEY");
        foreach (var name in new[] { "Cookie", "x-secret", "Idempotency-Key", "User-Agent", "Referer", "OpenAI-Organization", "traceparent", "Proxy-Authorization" })
        {
            request.Headers.TryAddWithoutValidation(name, Header);
        }

        return request;
    }
}
