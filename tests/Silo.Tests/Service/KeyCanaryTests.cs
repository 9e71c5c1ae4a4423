using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Prism.Tests.Service;

/// <summary>A key that Prism has made, the configured ones and a wrong one: none of them comes out again.</summary>
public sealed class KeyCanaryTests
{
    private const string AdminKey = "canary-admin-7d0e";
    private const string StaticKey = "canary-static-11c2";
    private const string VendorKey = "canary-vendor-93fa";
    private const string WrongKey = "canary-wrong-0a6b";
    private const string Prompt = "canary-prompt-58e1";

    [Fact]
    public async Task No_secret_comes_out_again()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(call => call.JsonAsync(
            $$$"""{"error":{"message":"Incorrect API key provided: {{{VendorKey}}}.","type":"invalid_request_error","code":"invalid_api_key"}}""", 401));
        var prism = await PrismService.StartAsync(
            ("LLM_ADMIN_API_KEY", AdminKey), ("LLM_API_KEYS", StaticKey), ("LLM_OPENAI_API_KEY", VendorKey), ("LLM_OPENAI_BASE_URL", upstream.Url),
            ("LLM_DASHBOARD_ENABLED", "true"), ("LLM_LOG_LEVEL", "debug"));
        var told = new StringBuilder();
        using var made = await SendAsync(prism, AdminKey, HttpMethod.Post, "/admin/keys", """{"name":"k","requests_per_minute":100}""");
        var body = await made.Content.ReadFromJsonAsync<JsonElement>();
        var (id, issued) = (body.GetProperty("id").GetString()!, body.GetProperty("key").GetString()!);

        foreach (var key in (string[])[issued, StaticKey, AdminKey, WrongKey, issued[..^1] + "A"])
        {
            await ReportAsync(key, HttpMethod.Post, "/v1/chat?provider=openai", $$"""{"messages":[{"role":"user","content":"{{Prompt}}"}]}""");
            await ReportAsync(key, HttpMethod.Post, "/v1/chat", $$"""{"messages":"{{Prompt}}"}""");
            await ReportAsync(key, HttpMethod.Get, "/v1/nothing");
            await ReportAsync(key, HttpMethod.Get, "/admin/keys");
        }

        foreach (var path in (string[])
            ["/health", "/metrics", "/admin/keys", $"/admin/keys/{id}", "/dashboard/DashboardCounters", "/dashboard/ClusterStats", "/dashboard/GrainTypes",
                $"/dashboard/GrainState?grainId={id}&grainType=Prism.Grains.Keys.ApiKeyGrain"])
        {
            await ReportAsync(AdminKey, HttpMethod.Get, path);
        }

        await ReportAsync(AdminKey, HttpMethod.Delete, $"/admin/keys/{id}");
        var log = await prism.StopAsync();
        await prism.DisposeAsync();

        Assert.Contains(id, log, StringComparison.Ordinal);
        Assert.Contains(id, told.ToString(), StringComparison.Ordinal);
        Assert.Contains("prism", told.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.All((string[])[AdminKey, StaticKey, VendorKey, WrongKey, issued, Prompt], secret =>
        {
            Assert.DoesNotContain(secret, told.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain(secret, log, StringComparison.Ordinal);
        });

        async Task ReportAsync(string key, HttpMethod method, string path, string? content = null)
        {
            using var response = await SendAsync(prism, key, method, path, content);
            told.Append(method).Append(' ').AppendLine(path).Append(response.Headers).AppendLine(await response.Content.ReadAsStringAsync());
        }
    }

    private static async Task<HttpResponseMessage> SendAsync(PrismService prism, string key, HttpMethod method, string path, string? content = null)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new("Bearer", key);
        request.Content = content is null ? null : new StringContent(content, Encoding.UTF8, "application/json");
        return await prism.Http.SendAsync(request);
    }
}
