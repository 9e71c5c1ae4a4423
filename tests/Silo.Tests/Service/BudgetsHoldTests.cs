using System.Net.Http.Json;
using System.Text.Json;

namespace Prism.Tests.Service;

/// <summary>Budgets in USD know what is dearer than plain tokens, or refuse it; and a key calls the models that it names, and no others.</summary>
public sealed class BudgetsHoldTests(MeteredService service) : IClassFixture<MeteredService>
{
    [Theory]
    [InlineData("gpt-4o", "\"service_tier\":\"scale\"", "service_tier")]
    [InlineData("gpt-4o", "\"service_tier\":\"flex\"", "service_tier")]
    [InlineData("gpt-4o", "\"service_tier\":\"nobody-knows\"", "service_tier")]
    [InlineData("gpt-4o", "\"service_tier\":7", "service_tier")]
    [InlineData("o1", "\"service_tier\":\"priority\"", "service_tier")]
    [InlineData("gpt-4o", "\"web_search_options\":{}", "web_search_options")]
    [InlineData("gpt-4o", "\"web_search_options\":{\"search_context_size\":\"high\"}", "web_search_options")]
    [InlineData("gpt-4o", "\"plugins\":[{\"id\":\"web\"}]", "plugins")]
    [InlineData("gpt-4o", "\"search_parameters\":{\"mode\":\"on\"}", "search_parameters")]
    [InlineData("gpt-4o", "\"enable_search\":true", "enable_search")]
    [InlineData("gpt-4o", "\"nobody-knows\":true", "nobody-knows")]
    [InlineData("gpt-4o", "\"modalities\":[\"text\",\"audio\"],\"audio\":{\"voice\":\"alloy\",\"format\":\"wav\"}", "modalities")]
    [InlineData("gpt-4o", "\"audio\":{\"voice\":\"alloy\",\"format\":\"wav\"}", "modalities")]
    [InlineData("gpt-4o", "\"tools\":[{\"type\":\"web_search\"}]", "tools[0]")]
    [InlineData("gpt-4o", "\"tools\":[{\"type\":\"web_search_preview\"}]", "tools[0]")]
    [InlineData("gpt-4o", "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}},{\"type\":\"code_interpreter\",\"container\":{\"type\":\"auto\"}}]", "tools[1]")]
    [InlineData("gpt-4o", "\"tools\":[{\"type\":\"file_search\",\"vector_store_ids\":[\"a\"]}]", "tools[0]")]
    [InlineData("gpt-4o", "\"tools\":[{\"type\":\"computer_use_preview\"}]", "tools[0]")]
    [InlineData("gpt-4o", "\"tools\":[{\"type\":\"image_generation\"}]", "tools[0]")]
    [InlineData("gpt-4o", "\"tools\":[{\"type\":\"web_search_20250305\",\"name\":\"web_search\"}]", "tools[0]")]
    [InlineData("gpt-4o", "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"},\"google_search\":{}}]", "tools[0]")]
    [InlineData("gpt-4o", "\"models\":[\"gpt-4\"]", "models")]
    [InlineData("gpt-4o", "\"preset\":\"mine\"", "preset")]
    public async Task What_a_budget_cannot_bound_is_refused_by_name(string model, string extra, string param)
    {
        var (budgeted, free) = (await service.CreateKeyAsync("\"budget_usd_per_month\":10"), await service.CreateKeyAsync("\"max_concurrency\":5"));
        var body = $$"""{"model":"{{model}}","messages":[{"role":"user","content":"Hi"}],"max_tokens":5,{{extra}}}""";

        foreach (var path in new[] { "/v1/chat", "/v1/chat/completions" })
        {
            using var refused = await budgeted.PostAsync(body, path);
            Assert.Equal((403, param), ((int)refused.StatusCode, await ParamOf(refused)));
        }

        using var passed = await free.PostAsync(body);
        Assert.Equal(200, (int)passed.StatusCode);
    }

    [Theory]
    [InlineData("gpt-4o", """{"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}}""", "messages[0].content[1]")]
    [InlineData("gpt-4o", """{"type":"video_url","video_url":{"url":"https://example.org/a.mp4"}}""", "messages[0].content[1]")]
    [InlineData("gpt-audio", """{"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}}""", null)]
    [InlineData("gpt-4o", """{"type":"image_url","image_url":{"url":"https://example.org/a.png"}}""", null)]
    [InlineData("gpt-4o", """{"type":"file","file":{"file_id":"file-1"}}""", null)]
    public async Task Audio_takes_a_model_with_a_price_for_it(string model, string part, string? param)
    {
        var key = await service.CreateKeyAsync("\"budget_usd_per_month\":10");

        using var answer = await key.PostAsync(
            $$"""{"model":"{{model}}","messages":[{"role":"user","content":[{"type":"text","text":"Hi"},{{part}}]}],"max_tokens":5}""");

        Assert.Equal(param is null ? 200 : 403, (int)answer.StatusCode);
        Assert.Equal(param, param is null ? null : await ParamOf(answer));
    }

    [Theory]
    // 10,000 tokens of a prompt: 0.025 USD, and 0.0425 with priority.
    [InlineData("gpt-4o", 10_000, "", 0.025)]
    [InlineData("gpt-4o", 10_000, ",\"service_tier\":\"default\"", 0.025)]
    [InlineData("gpt-4o", 10_000, ",\"service_tier\":\"auto\"", 0.025)]
    [InlineData("gpt-4o", 10_000, ",\"service_tier\":\"priority\"", 0.0425)]
    [InlineData("o3", 10_000, ",\"service_tier\":\"flex\"", 0.01)]
    // Above 272,000 the whole prompt is dearer.
    [InlineData("gpt-5.4", 272_000, "", 0.68)]
    [InlineData("gpt-5.4", 300_000, "", 1.5)]
    public async Task Tiers_and_long_contexts_have_their_price(string model, int tokens, string extra, decimal cost)
    {
        var key = await service.CreateKeyAsync("\"budget_usd_per_month\":10,\"max_concurrency\":5");
        var body = $$"""{"model":"{{model}}","messages":[{"role":"user","content":"Hi"}],"max_completion_tokens":5,"user":"takes-{{tokens}}"{{extra}}}""";

        using var answer = await key.PostAsync(body);
        using var admin = await service.AdminAsync(HttpMethod.Delete, "/cache", null);

        Assert.Equal(200, (int)answer.StatusCode);
        // A second call has the ledger told of the first: what is spent and what is held is all that is missing.
        using var second = await key.PostAsync(body.Replace($"takes-{tokens}", "takes-0", StringComparison.Ordinal));
        Assert.Equal(200, (int)second.StatusCode);
        Assert.InRange(10 - (await service.RemainingOfAsync(key))["budget_usd_per_month"], cost, cost + 0.2m);
    }

    [Theory]
    [InlineData("gpt-5.4", "", 1.2, 413)]
    [InlineData("gpt-5.4", "", 2, 200)]
    [InlineData("gpt-4.1", "", 0.8, 200)]
    [InlineData("gpt-4.1", ",\"service_tier\":\"priority\"", 0.8, 413)]
    [InlineData("gpt-4.1", ",\"service_tier\":\"auto\"", 0.8, 413)]
    public async Task The_dearest_price_that_may_come_is_reserved(string model, string extra, double budget, int status)
    {
        var key = await service.CreateKeyAsync(FormattableString.Invariant($"\"budget_usd_per_month\":{budget}"));
        // 375,000 tokens at the most.
        var text = string.Concat(Enumerable.Repeat("word ", 300_000));

        using var answer = await key.PostAsync(
            $$"""{"model":"{{model}}","messages":[{"role":"user","content":"{{text}}"}],"max_completion_tokens":5,"user":"takes-10"{{extra}}}""");

        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData("up/exact", "up", "exact", 200)]
    [InlineData("up/exact", "up", "other", 403)]
    [InlineData("up/exact", "up", "up/exact", 200)] // The prefix is the provider's: model 'exact'.
    [InlineData("up/exact", "router", "exact", 403)]
    [InlineData("up/exact", "router", "up/exact", 403)]
    [InlineData("up/*", "up", "anything/at-all", 200)]
    [InlineData("up/*", "router", "up/exact", 403)]
    [InlineData("up/ex*", "up", "exact", 200)]
    [InlineData("up/ex*", "router", "exact", 403)]
    [InlineData("router/up/exact", "router", "up/exact", 200)]
    [InlineData("router/up/exact", "up", "exact", 403)]
    [InlineData("exact", "up", "exact", 200)]
    [InlineData("exact", "router", "exact", 200)]
    [InlineData("exact", "router", "up/exact", 403)]
    [InlineData("meta/llama", "router", "meta/llama", 200)]
    [InlineData("meta/llama", "up", "meta/llama", 200)]
    [InlineData("meta/*", "router", "meta/llama", 200)]
    [InlineData("*", "router", "up/exact", 200)]
    public async Task A_pattern_means_a_model_of_its_provider_and_no_other(string pattern, string provider, string model, int status)
    {
        var key = await service.CreateKeyAsync($$"""{{"\"models\""}}:["{{pattern}}"]""");
        var body = $$"""{"model":"{{model}}","messages":[{"role":"user","content":"Hi"}],"max_tokens":5}""";

        using var answer = await key.PostAsync(body, "/v1/chat?provider=" + provider);

        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData("\"models\":[\"bad\"]", "models")]
    [InlineData("\"Models\":[\"bad\"]", "Models")]
    [InlineData("\"preset\":\"bad\"", "preset")]
    [InlineData("\"route\":\"fallback\"", "route")]
    public async Task A_key_with_models_names_none_elsewhere(string extra, string param)
    {
        var key = await service.CreateKeyAsync("\"models\":[\"good\"]");

        using var answer = await key.PostAsync($$"""{"model":"good","messages":[{"role":"user","content":"Hi"}],{{extra}}}""");

        Assert.Equal((403, param), ((int)answer.StatusCode, await ParamOf(answer)));
    }

    private static async Task<string?> ParamOf(HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetProperty("param").GetString();
}
