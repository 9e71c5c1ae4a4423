using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Prism.Tests.Service;

/// <summary>
/// The service with keys, and an upstream behind its providers that bills what it was really sent: a token for each four bytes of text, and for media
/// what the vendor's rule says. It obeys the largest output cap that it finds, under whatever spelling, and makes as many answers as it is asked for.
/// </summary>
public sealed class MeteredService : IAsyncLifetime
{
    private const string AdminKey = "the-admin-key";

    private static readonly string[] Caps =
        ["max_tokens", "max_completion_tokens", "max_output_tokens", "max_new_tokens", "num_predict", "n_predict", "maxOutputTokens", "max_length"];

    private PrismService _prism = null!;
    private ScriptedUpstream _upstream = null!;
    private int _keys;

    /// <summary>What an answer takes whatever it was asked; null: what the request makes of it.</summary>
    public static int? FixedUsageOf(JsonElement request) =>
        request.TryGetProperty("user", out var user) && user.ValueKind == JsonValueKind.String
            && user.GetString()!.StartsWith("takes-", StringComparison.Ordinal)
            ? int.Parse(user.GetString()!.AsSpan("takes-".Length), CultureInfo.InvariantCulture)
            : null;

    public async Task InitializeAsync()
    {
        _upstream = await ScriptedUpstream.StartAsync(AnswerAsync);
        _prism = await PrismService.StartAsync(
            ("LLM_ADMIN_API_KEY", AdminKey),
            ("LLM_DEFAULT_PROVIDER", "openai"),
            ("LLM_MAX_RETRIES", "0"),
            ("LLM_OPENAI_API_KEY", "sk-test"),
            ("LLM_OPENAI_BASE_URL", _upstream.Url),
            ("LLM_PROVIDERS", "up,router,limited"),
            ("LLM_UP_TYPE", "openai"),
            ("LLM_UP_BASE_URL", _upstream.Url),
            ("LLM_UP_DEFAULT_MODEL", "exact"),
            ("LLM_ROUTER_TYPE", "openai"),
            ("LLM_ROUTER_BASE_URL", _upstream.Url),
            ("LLM_ROUTER_DEFAULT_MODEL", "exact"),
            ("LLM_LIMITED_TYPE", "openai"),
            ("LLM_LIMITED_BASE_URL", _upstream.Url),
            ("LLM_LIMITED_DEFAULT_MODEL", "gpt-4o"),
            ("LLM_LIMITED_TOKENS_PER_MINUTE", "20000"));
    }

    public async Task DisposeAsync()
    {
        await _prism.DisposeAsync();
        await _upstream.DisposeAsync();
    }

    /// <summary>Makes a key with these terms beside its name.</summary>
    internal async Task<MeteredKey> CreateKeyAsync(string terms)
    {
        var name = $"key-{Interlocked.Increment(ref _keys)}";
        using var response = await SendAsync(AdminKey, HttpMethod.Post, "/admin/keys", $$"""{"name":"{{name}}",{{terms}}}""");
        var made = await response.Content.ReadFromJsonAsync<JsonElement>();
        return new(this, made.GetProperty("id").GetString()!, made.GetProperty("key").GetString()!);
    }

    /// <summary>What is left of a key's limits, by their names, as the cluster's ledger has it.</summary>
    internal async Task<Dictionary<string, decimal>> RemainingOfAsync(MeteredKey key)
    {
        using var response = await SendAsync(AdminKey, HttpMethod.Get, $"/admin/keys/{key.Id}", null);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>();
        return body.GetProperty("limits").EnumerateArray().ToDictionary(
            limit => limit.GetProperty("name").GetString()!, limit => limit.GetProperty("remaining").GetDecimal());
    }

    internal Task<HttpResponseMessage> AdminAsync(HttpMethod method, string path, string? body) => SendAsync(AdminKey, method, path, body);

    internal async Task<HttpResponseMessage> SendAsync(string key, HttpMethod method, string path, string? body)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new("Bearer", key);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        return await _prism.Http.SendAsync(request);
    }

    /// <summary>The bodies that reached the upstream with this in them.</summary>
    internal IEnumerable<JsonElement> SentWith(string mark) =>
        _upstream.Received.Where(request => request.Body.Contains(mark, StringComparison.Ordinal)).Select(request => JsonElement.Parse(request.Body));

    /// <summary>What a request takes, by what is really in it.</summary>
    internal static (int Prompt, int Answer) Bill(string body)
    {
        var root = JsonNode.Parse(body)!.AsObject();
        var media = TakeMedia(root);
        var text = Encoding.UTF8.GetByteCount(root.ToJsonString());
        var cap = Caps.Max(name => Values(root, name).Select(value => (int?)value).Max()) ?? 0;
        var answers = Values(root, "n").Concat(Values(root, "best_of")).Append(1).Max();
        return (((text + 3) / 4) + media, cap * answers);
    }

    private static async Task AnswerAsync(UpstreamCall call)
    {
        using var document = JsonDocument.Parse(call.Request.Body);
        var (prompt, answer) = FixedUsageOf(document.RootElement) is { } used ? (used, 0) : Bill(call.Request.Body);
        await call.JsonAsync(
            $$$"""
            {"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],
             "usage":{"prompt_tokens":{{{prompt}}},"completion_tokens":{{{answer}}},"total_tokens":{{{prompt + answer}}}}}
            """);
    }

    // gpt-4o-mini's 25,501 for an image of 1,024 by 1,024, and 2,833 for one with little detail; of others 765 and 85.
    private static int TakeMedia(JsonObject root)
    {
        var (sum, isMini) = (0, root["model"]?.GetValue<string>() == "gpt-4o-mini");
        foreach (var part in (root["messages"] as JsonArray ?? []).Select(message => message?["content"]).OfType<JsonArray>().SelectMany(parts => parts))
        {
            if (part is JsonObject one && one["image_url"] is JsonObject image)
            {
                var isSmall = image["detail"]?.GetValue<string>() == "low";
                sum += (isMini, isSmall) switch { (true, true) => 2_833, (true, false) => 25_501, (false, true) => 85, (false, false) => 765 };
                if (image["url"]?.GetValue<string>().StartsWith("data:", StringComparison.Ordinal) == true)
                {
                    image["url"] = "";
                }
            }
        }

        return sum;
    }

    // Anywhere in what is not text, and under any case.
    private static IEnumerable<int> Values(JsonObject root, string name) =>
        from property in root
        from value in property.Key.Equals(name, StringComparison.OrdinalIgnoreCase) && property.Value is JsonValue leaf && leaf.TryGetValue<int>(out var number)
            ? [number]
            : property.Value is JsonObject inside && property.Key is not ("metadata" or "response_format") ? Values(inside, name) : []
        select value;
}

/// <summary>A key of a <see cref="MeteredService"/>.</summary>
internal sealed record MeteredKey(MeteredService Service, string Id, string Key)
{
    public Task<HttpResponseMessage> PostAsync(string body, string path = "/v1/chat/completions") =>
        Service.SendAsync(Key, HttpMethod.Post, path, body);

    /// <summary>Posts the same many times at once; returns the statuses and the tokens that were billed.</summary>
    public async Task<(int[] Statuses, long Billed)> PostManyAsync(string body, int count, string path = "/v1/chat/completions")
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => PostAsync(body, path)));
        var billed = 0L;
        foreach (var answer in answers.Where(answer => answer.IsSuccessStatusCode))
        {
            var usage = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("usage");
            billed += usage.GetProperty("prompt_tokens").GetInt64() + usage.GetProperty("completion_tokens").GetInt64();
        }

        return ([.. answers.Select(answer => (int)answer.StatusCode)], billed);
    }
}
