using System.Text.Json;

namespace Prism.Tests.Service;

/// <summary>What is spent, as operators see it: OpenAI's gpt-4o-mini at USD 0.15 and 0.60 a million tokens.</summary>
public sealed class UsageTests
{
    private const string Hello = """{"messages":[{"role":"user","content":"Hi there"}]}""";
    private const string Chain =
        """{"steps":[{"template":"One","output_key":"a"},{"template":"Two {{ a }}","output_key":"b","provider":"echo"}],"wait":30}""";

    // 9 and 2 tokens.
    private const decimal Cost = 0.00000255m;

    [Fact]
    public async Task Each_call_is_paid_for_once_and_a_stored_answer_never_again()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(Vendor.OpenAi.AnswerAsync);
        await using var prism = await PrismService.StartAsync(
            ("LLM_OPENAI_API_KEY", "sk-1"), ("LLM_OPENAI_BASE_URL", upstream.Url), ("LLM_DEFAULT_PROVIDER", "openai"),
            ("LLM_CACHE_ENABLED", "true"), ("LLM_USAGE_REPORT_INTERVAL", "0.02"));

        using var made = await prism.PostAsync("/v1/chat", Hello);
        using var again = await prism.PostAsync("/v1/chat/completions", Hello);
        using var run = await prism.PostAsync("/v1/runs", Chain);
        using var usage = await UsageAsync(prism, requests: 3);

        var rows = usage.RootElement.GetProperty("data").EnumerateArray().Select(row => (
            row.GetProperty("key").GetString(),
            row.GetProperty("model").GetString(),
            row.GetProperty("requests").GetInt32(),
            row.GetProperty("cost_usd").GetDecimal()));
        Assert.Equal([("global", "echo-v1", 1, 0m), ("global", "gpt-4o-mini", 2, 2 * Cost)], rows);
        Assert.Contains("""llm_cost_usd_total{provider="openai",model="gpt-4o-mini"} 5.1e-06""", await prism.Http.GetStringAsync("/metrics"), StringComparison.Ordinal);
        var log = await prism.StopAsync();
        var costs = from line in log.Split('\n')
                    where line.Contains("POST /v1/chat", StringComparison.Ordinal)
                    select JsonDocument.Parse(line).RootElement.GetProperty("CostUsd").GetDecimal();
        Assert.Equal([Cost, 0m], costs);
    }

    [Fact]
    public async Task A_row_says_whose_it_is()
    {
        const string Admin = "the-admin-key";
        await using var prism = await PrismService.StartAsync(
            ("LLM_ADMIN_API_KEY", Admin), ("LLM_API_KEYS", "sk-first,sk-second"), ("LLM_USAGE_REPORT_INTERVAL", "0.02"));
        prism.Http.DefaultRequestHeaders.Authorization = new("Bearer", Admin);
        using var made = await prism.PostAsync("/admin/keys", """{"name":"search team"}""");
        var key = JsonDocument.Parse(await made.Content.ReadAsStringAsync()).RootElement.GetProperty("key").GetString()!;
        foreach (var one in new[] { Admin, "sk-second", key })
        {
            prism.Http.DefaultRequestHeaders.Authorization = new("Bearer", one);
            using var answer = await prism.PostAsync("/v1/chat", Hello);
        }

        prism.Http.DefaultRequestHeaders.Authorization = new("Bearer", Admin);
        using var usage = await UsageAsync(prism, requests: 3);

        Assert.Equal(
            ["key 2 of LLM_API_KEYS", "search team", "the admin, and callers without a key"],
            usage.RootElement.GetProperty("data").EnumerateArray().Select(row => row.GetProperty("key_name").GetString()!).Order(StringComparer.Ordinal));
    }

    // Silos report every now and then.
    private static async Task<JsonDocument> UsageAsync(PrismService prism, int requests)
    {
        var usage = default(JsonDocument);
        await Until.TrueAsync($"{requests} requests are reported", async () =>
        {
            usage?.Dispose();
            usage = JsonDocument.Parse(await prism.Http.GetStringAsync("/admin/usage?group_by=key,model"));
            return usage.RootElement.GetProperty("total").GetProperty("requests").GetInt32() >= requests;
        });
        return usage!;
    }
}
