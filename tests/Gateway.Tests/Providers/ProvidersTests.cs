using System.Net;

namespace Prism.Tests.Providers;

/// <summary><c>GET /providers</c> and <c>GET /v1/models</c>.</summary>
public sealed class ProvidersTests : GatewayTest
{
    [Fact]
    public async Task The_providers_that_can_be_used_are_listed()
    {
        using var response = await Host.Client.GetAsync("/providers");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("""{"providers":["ollama","echo"],"default":"echo"}""", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("/v1/models")]
    [InlineData("/v1/models/")]
    public async Task The_models_that_can_be_asked_for_are_listed_by_the_names_a_request_may_give(string path)
    {
        using var response = await Host.Client.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await Golden.EqualAsync("models.json", response);
    }

    [Theory]
    [InlineData("echo-v1", "echo-v1", "echo")]
    [InlineData("echo/echo-v1", "echo/echo-v1", "echo")]
    [InlineData("ollama%2Fllama3.1", "ollama/llama3.1", "ollama")]
    [InlineData("ollama%2flibrary/qwen3", "ollama/library/qwen3", "ollama")]
    public async Task A_model_is_found_by_its_name(string path, string id, string owner)
    {
        using var response = await Host.Client.GetAsync("/v1/models/" + path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal($$"""{"id":"{{id}}","owned_by":"{{owner}}","object":"model","created":0}""", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("llama3.1", "llama3.1")]
    [InlineData("openai/gpt-4o-mini", "openai/gpt-4o-mini")]
    [InlineData("%22%3C%5C", "\"<\\")]
    public async Task A_model_that_cannot_be_asked_for_is_not_found(string path, string told)
    {
        using var response = await Host.Client.GetAsync("/v1/models/" + path);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal(
            ($"The model '{told}' does not exist here.", "invalid_request_error", "model", "model_not_found"), await ReadErrorAsync(response));
    }
}
