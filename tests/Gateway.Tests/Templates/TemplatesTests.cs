using System.Net;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Chat;

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

    [Theory]
    [InlineData("source")]
    [InlineData("template")]
    public async Task A_template_is_stored_by_its_text_alone(string field)
    {
        Host.Templates.Put = Host.Templates.Put with { IsNew = true };

        using var response = await PutAsync("mine", $$$"""{"{{{field}}}":"Hi {{ name }}"}""");

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal((Owners.Global, "mine"), (Host.Templates.LastPut!.Value.Owner, Host.Templates.LastPut.Value.Name));
        var draft = Host.Templates.LastPut.Value.Draft;
        Assert.Equal(("Hi {{ name }}", null, null, null), (draft.Source, draft.Role, draft.Description, draft.BasedOn));
        Assert.Empty(draft.Variables);
    }

    [Fact]
    public async Task What_was_read_can_be_stored_again()
    {
        using var response = await PutAsync("summarize", await Host.Client.GetStringAsync("/v1/templates/summarize"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await Golden.EqualAsync("template-stored.json", response);
        var draft = Host.Templates.LastPut!.Value.Draft;
        Assert.Equal(("In {{ words }} words: {{ text }}", "user", "Says a text in short."), (draft.Source, draft.Role, draft.Description));
        Assert.Equal(
            [new() { Name = "text", Description = "The text." }, new() { Name = "words", Description = "How many.", Default = "50" }],
            draft.Variables.AsEnumerable());
        Assert.Null(draft.BasedOn);
    }

    [Fact]
    public async Task A_version_says_what_a_change_is_based_on()
    {
        using var response = await PutAsync("mine", """{"source":"s","version":2}""");

        Assert.Equal(2, Host.Templates.LastPut!.Value.Draft.BasedOn);
    }

    [Theory]
    [InlineData("""{}""", "template", "'template' is missing: the text of the template.")]
    [InlineData("""{"source":"a","template":"a"}""", "source", "'source' and 'template' are the same: give one of them.")]
    [InlineData("""{"source":"a","name":"other"}""", "name", "'name' must be that of the path, 'mine', or left out.")]
    [InlineData("""{"source":"a","variables":[{"default":"1"}]}""", "variables[0].name", "'variables[0].name' is missing.")]
    [InlineData("""{"source":"a","variables":[null]}""", "variables[0].name", "'variables[0].name' is missing.")]
    [InlineData("""{"source":"a","variables":[{"name":"n","type":"text"}]}""", "variables[0].type", "'variables[0].type' is not known here.")]
    [InlineData("""{"source":"a","engine":"jinja2"}""", "engine", "'engine' is not known here.")]
    [InlineData("""{"source":7}""", "source", "'source' must be a string.")]
    [InlineData("""{"source":"a","version":"1"}""", "version", "'version' must be a number.")]
    public async Task A_template_that_is_not_right_is_not_stored(string body, string? param, string message)
    {
        using var response = await PutAsync("mine", body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var error = await ReadErrorAsync(response);
        Assert.Equal((param, message), (error.Param, error.Message));
        Assert.Null(Host.Templates.LastPut);
    }

    [Fact]
    public async Task What_keeps_it_from_being_stored_is_told()
    {
        Host.Templates.Put = new()
        {
            Error = new() { Kind = ChatErrorKind.Conflict, Message = "'summarize' comes with Prism.", Param = "name", Code = "built_in_template" },
        };

        using var response = await PutAsync("summarize", """{"source":"mine"}""");

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Equal(("'summarize' comes with Prism.", "invalid_request_error", "name", "built_in_template"), await ReadErrorAsync(response));
    }

    [Fact]
    public async Task A_template_is_deleted()
    {
        using var gone = await Host.Client.DeleteAsync("/v1/templates/mine");
        Host.Templates.Deletion = new() { Kind = ChatErrorKind.NotFound, Message = "None.", Param = "name", Code = "template_not_found" };
        using var again = await Host.Client.DeleteAsync("/v1/templates/mine");

        Assert.Equal((HttpStatusCode.NoContent, ""), (gone.StatusCode, await gone.Content.ReadAsStringAsync()));
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
        Assert.Equal(("None.", "invalid_request_error", "name", "template_not_found"), await ReadErrorAsync(again));
    }

    private Task<HttpResponseMessage> PutAsync(string name, string json) => Host.Client.PutAsync($"/v1/templates/{name}", GatewayHost.Json(json));
}
