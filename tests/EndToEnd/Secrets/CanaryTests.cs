using System.Net;
using System.Net.Http.Json;
using Prism.Tests.Processes;
using Prism.Tests.Redis;

namespace Prism.Tests.Secrets;

/// <summary>What of secrets is on Redis, and in the log of a silo that has one.</summary>
[Collection(Lanes.Moments)]
public sealed class CanaryTests
{
    private const string AdminKey = "canary-admin-0c41d2";
    private const string ProviderKey = "canary-provider-0c41d2";
    private const string Header = "canary-header-0c41d2";
    private const string Prompt = "canary-prompt-0c41d2";
    private const string Answer = "an answer to keep";

    [Fact]
    public async Task Neither_has_a_key_a_header_or_the_prompt_of_a_chat()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(call => call.JsonAsync(
            $$$"""{"id":"c","object":"chat.completion","created":1,"model":"gpt-4o-mini","choices":[{"index":0,"message":{"role":"assistant","content":"{{{Answer}}}"},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":2,"total_tokens":11}}"""));
        await PrismCluster.RunAsync(silos: 1, async cluster =>
        {
            var silo = cluster.Silos[0];
            using var response = await ChatAsync(silo);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            // It goes there behind the answer.
            var stored = "";
            await Until.TrueAsync("the answer is stored", async () => (stored = await RedisContents.ReadAsync(cluster)).Contains(Answer, StringComparison.Ordinal));
            await silo.StopAsync();
            var log = await File.ReadAllTextAsync(silo.LogFile);

            // The answer is in the cache, under a hash of what was asked.
            Assert.Contains(Answer, stored, StringComparison.Ordinal);
            Assert.Contains("/v1/chat", log, StringComparison.Ordinal);
            var password = new Uri(cluster.Redis.Url).UserInfo.Split(':')[^1];
            string[] secrets = [AdminKey, ProviderKey, Header, Prompt, password, Uri.UnescapeDataString(password)];
            // Garnet has no password.
            Assert.All(secrets.Where(secret => secret.Length > 0), secret => Assert.DoesNotContain(secret, stored + log, StringComparison.Ordinal));
        },
        ("LLM_ADMIN_API_KEY", AdminKey),
        ("LLM_OPENAI_API_KEY", ProviderKey),
        ("LLM_OPENAI_BASE_URL", upstream.Url),
        ("LLM_OPENAI_REQUESTS_PER_MINUTE", "1000"),
        ("LLM_CACHE_ENABLED", "true"),
        ("LLM_LOG_LEVEL", "trace"));
    }

    private static async Task<HttpResponseMessage> ChatAsync(PrismProcess silo)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat?provider=openai")
        {
            Content = JsonContent.Create(new { messages = new[] { new { role = "user", content = Prompt } } }),
        };
        request.Headers.Authorization = new("Bearer", AdminKey);
        request.Headers.TryAddWithoutValidation("Cookie", Header);
        request.Headers.TryAddWithoutValidation("x-secret", Header);
        return await silo.Http.SendAsync(request);
    }
}
