using System.Net;

namespace Prism.Tests.Service;

/// <summary>The response cache as clients and operators meet it.</summary>
public sealed class CacheTests
{
    private const string Hello = """{"messages":[{"role":"user","content":"Hi there"}]}""";
    private const string HelloStream = """{"messages":[{"role":"user","content":"Hi there"}],"stream":true}""";

    [Fact]
    public async Task An_answer_is_made_once_and_charged_once()
    {
        await using var prism = await PrismService.StartAsync(("LLM_CACHE_ENABLED", "true"), ("LLM_ECHO_TOKENS_PER_DAY", "1000000"));

        using var made = await prism.PostAsync("/v1/chat", HelloStream);
        var body = await made.Content.ReadAsStringAsync();
        using var stored = await StoredAsync(prism, "/v1/chat", Hello);
        using var replayed = await prism.PostAsync("/v1/chat", HelloStream);
        using var openAi = await prism.PostAsync("/v1/chat/completions", Hello);

        Assert.Equal("miss", HeaderOf(made, "x-prism-cache"));
        Assert.Contains("\"delta\":\"Hi\"", body, StringComparison.Ordinal);
        Assert.Contains("\"content\":\"Hi there\"", await stored.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        // In one piece where it is stored already, else as it came.
        Assert.Matches("\"delta\":\"(Hi)? there\"", await replayed.Content.ReadAsStringAsync());
        Assert.EndsWith("data: [DONE]\n\n", await replayed.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(["hit", "hit", "hit"], new[] { stored, replayed, openAi }.Select(one => HeaderOf(one, "x-prism-cache")));
        Assert.All([stored, replayed, openAi], one => Assert.Matches(@"^\d+$", HeaderOf(one, "Age")!));
        var metrics = await prism.Http.GetStringAsync("/metrics");
        while (!metrics.Contains("llm_cache_entries 1", StringComparison.Ordinal))
        {
            // It is stored behind its clients' backs.
            metrics = await prism.Http.GetStringAsync("/metrics");
        }

        Assert.Contains("""llm_tokens_total{provider="echo",model="echo-v1",type="completion"} 2""", metrics, StringComparison.Ordinal);
        Assert.Contains("""llm_limit_admitted_total{provider="echo"} 1""", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cleared_cache_is_empty()
    {
        await using var prism = await PrismService.StartAsync(("LLM_CACHE_ENABLED", "true"));
        using var made = await prism.PostAsync("/v1/chat", Hello);
        using var stored = await StoredAsync(prism, "/v1/chat", Hello);

        using var cleared = await prism.Http.DeleteAsync("/cache");
        using var after = await prism.PostAsync("/v1/chat", Hello);

        Assert.Equal("""{"status":"cleared"}""", await cleared.Content.ReadAsStringAsync());
        Assert.Equal("miss", HeaderOf(after, "x-prism-cache"));
    }

    [Fact]
    public async Task Clients_and_operators_can_do_without()
    {
        await using var without = await PrismService.StartAsync();
        using var plain = await without.PostAsync("/v1/chat", Hello);
        using var disabled = await without.Http.DeleteAsync("/cache");

        Assert.Equal((HttpStatusCode.OK, "bypass"), (plain.StatusCode, HeaderOf(plain, "x-prism-cache")));
        Assert.Equal("""{"status":"disabled"}""", await disabled.Content.ReadAsStringAsync());
    }

    // Also while the answer is still being stored.
    private static async Task<HttpResponseMessage> StoredAsync(PrismService prism, string path, string body)
    {
        var response = await prism.PostAsync(path, body);
        Assert.Equal("hit", HeaderOf(response, "x-prism-cache"));
        return response;
    }

    private static string? HeaderOf(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;
}
