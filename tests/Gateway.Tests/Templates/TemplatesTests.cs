using System.Net;
using Prism.Chat;

namespace Prism.Tests.Templates;

/// <summary><c>/v1/templates</c>.</summary>
public sealed class TemplatesTests : GatewayTest
{
    [Fact]
    public async Task The_templates_are_listed()
    {
        using var response = await Host.Client.GetAsync("/v1/templates");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await Golden.EqualAsync("templates.json", response);
    }

    [Fact]
    public async Task A_template_is_found_by_its_name()
    {
        using var response = await Host.Client.GetAsync("/v1/templates/summarize");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await Golden.EqualAsync("template.json", response);
    }

    [Theory]
    [InlineData("GET", "/v1/templates/other", "other")]
    [InlineData("POST", "/v1/templates/o%22ther/render", "o\"ther")]
    public async Task A_template_that_there_is_not_is_not_found(string method, string path, string told)
    {
        using var response = await Host.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal(($"There is no template '{told}'.", "invalid_request_error", "name", "template_not_found"), await ReadErrorAsync(response));
    }

    [Fact]
    public async Task A_template_is_rendered_with_its_variables()
    {
        using var response = await Host.PostAsync("/v1/templates/summarize/render", """{"variables":{"text":"Hällo","words":[1]}}""");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("""{"prompt":"In 50 words: <„Grüße“>"}""", await response.Content.ReadAsStringAsync());
        Assert.Equal(["text", "words"], Host.Templates.LastVariables!.Keys.Order());
        Assert.Equal("Hällo", Host.Templates.LastVariables["text"].GetString());
    }

    [Fact]
    public async Task A_template_may_be_rendered_without_variables()
    {
        using var response = await Host.PostAsync("/v1/templates/summarize/render", "{}");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Null(Host.Templates.LastVariables);
    }

    [Fact]
    public async Task What_keeps_it_from_being_rendered_is_told()
    {
        Host.Templates.Outcome = new() { Error = ChatError.Invalid("'variables.text' is missing.", "variables.text") };

        using var response = await Host.PostAsync("/v1/templates/summarize/render", """{"variables":{}}""");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(("'variables.text' is missing.", "invalid_request_error", "variables.text", null), await ReadErrorAsync(response));
    }

    [Theory]
    [InlineData("""{"variables":[]}""", "variables", "'variables' must be an object.")]
    [InlineData("""{"vars":{}}""", "vars", "'vars' is not known here.")]
    [InlineData("""{"variables":{"a":"\ud800"}}""", "variables.a", "'variables.a' has text in it that is not valid Unicode.")]
    [InlineData("""{"variables":{"a":1,"a":2}}""", "variables.a", "'variables.a' appears twice.")]
    [InlineData("""[]""", null, "The body must be a JSON object.")]
    public async Task A_body_that_is_not_right_is_refused(string body, string? param, string message)
    {
        using var response = await Host.PostAsync("/v1/templates/summarize/render", body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var error = await ReadErrorAsync(response);
        Assert.Equal((param, message), (error.Param, error.Message));
    }
}
