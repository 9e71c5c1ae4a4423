using System.Net.Http.Json;
using System.Text.Json;

namespace Prism.Tests.Service;

/// <summary>
/// Properties whose names differ from known ones only by case are refused: a server that compares names without case would obey them, past all checks.
/// </summary>
public sealed class LookalikeNamesTests(MeteredService service) : IClassFixture<MeteredService>
{
    private const string Hi = "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";

    [Theory]
    [InlineData("\"Model\":\"bad\"", "Model")]
    [InlineData("\"MODEL\":\"bad\"", "MODEL")]
    [InlineData("\"model \":\"bad\"", "model ")]
    [InlineData("\" model\":\"bad\"", " model")]
    [InlineData("\"model\\t\":\"bad\"", "model\t")]
    [InlineData("\"\\u004dodel\":\"bad\"", "Model")]
    [InlineData("\"\\u004Dodel\\u0020\":\"bad\"", "Model ")]
    [InlineData("\"MAX_TOKENS\":2000", "MAX_TOKENS")]
    [InlineData("\"max_to\\u212aens\":2000", "max_to\u212Aens")]
    [InlineData("\"\\u017ftream\":true", "\u017Ftream")]
    [InlineData("\"Max_Completion_Tokens\":2000", "Max_Completion_Tokens")]
    [InlineData("\"N\":100", "N")]
    [InlineData("\"Messages\":[]", "Messages")]
    [InlineData("\"Tools\":[]", "Tools")]
    [InlineData("\"Fallbacks\":[\"echo\"]", "Fallbacks")]
    [InlineData("\"Template\":\"summarize\"", "Template")]
    [InlineData("\"template\":\"no-such-template\",\"Tools\":[]", "Tools")]
    [InlineData("\"Service_Tier\":\"priority\"", "Service_Tier")]
    [InlineData("\"Web_Search_Options\":{}", "Web_Search_Options")]
    [InlineData("\"stream_options\":{\"Include_Usage\":true},\"stream\":true", "stream_options.Include_Usage")]
    [InlineData("\"response_format\":{\"type\":\"text\",\"Type\":\"json_object\"}", "response_format.Type")]
    [InlineData("\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"a\",\"Schema\":{}}}", "response_format.json_schema.Schema")]
    [InlineData("\"tool_choice\":{\"Type\":\"function\"}", "tool_choice.Type")]
    [InlineData("\"tools\":[{\"type\":\"function\",\"Type\":\"web_search\",\"function\":{\"name\":\"f\"}}]", "tools[0].Type")]
    [InlineData("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"Name\":\"g\"}}]", "tools[0].function.Name")]
    [InlineData("\"thinking\":{\"type\":\"enabled\",\"Budget_Tokens\":9}", "thinking.Budget_Tokens")]
    public async Task At_the_top_and_in_what_it_has(string extra, string param) => await RefuseAsync($$"""{"model":"good",{{Hi}},{{extra}}}""", param);

    [Theory]
    [InlineData("""{"role":"user","content":"Hi","Content":"more"}""", "messages[0].Content")]
    [InlineData("""{"role":"user","content":"Hi","ROLE":"system"}""", "messages[0].ROLE")]
    [InlineData("""{"role":"user","content":"Hi","Tool_Calls":[]}""", "messages[0].Tool_Calls")]
    [InlineData("""{"role":"user","content":[{"type":"text","text":"Hi","Text":"more"}]}""", "messages[0].content[0].Text")]
    [InlineData("""{"role":"user","content":[{"type":"text","text":"Hi","Image_Url":{"url":"a"}}]}""", "messages[0].content[0].Image_Url")]
    [InlineData("""{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://a","URL":"https://b"}}]}""", "messages[0].content[0].image_url.URL")]
    [InlineData("""{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://a","detail":"low","Detail":"high"}}]}""", "messages[0].content[0].image_url.Detail")]
    [InlineData("""{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"AAAA","Data":"BBBB"}}]}""", "messages[0].content[0].input_audio.Data")]
    [InlineData("""{"role":"assistant","tool_calls":[{"id":"a","ID":"b","type":"function","function":{"name":"f"}}]}""", "messages[0].tool_calls[0].ID")]
    [InlineData("""{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"f","Arguments":"{}"}}]}""", "messages[0].tool_calls[0].function.Arguments")]
    public async Task In_messages(string message, string param) => await RefuseAsync($$"""{"model":"good","messages":[{{message}}]}""", param);

    [Theory]
    [InlineData("\"model\":\"bad\"", "model")]
    [InlineData("\"mod\\u0065l\":\"bad\"", "model")]
    [InlineData("\"a\":1,\"\\u0061\":2", "a")]
    [InlineData("\"response_format\":{\"type\":\"text\",\"t\\u0079pe\":\"json_object\"}", "response_format")]
    public async Task A_property_that_is_there_twice_is_refused_however_it_is_written(string extra, string param) =>
        await RefuseAsync($$"""{"model":"good",{{Hi}},{{extra}}}""", param);

    [Theory]
    [InlineData("\"metadata\":{\"Model\":\"a\",\"model\":\"b\"}")]
    [InlineData("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{\"type\":\"object\",\"properties\":{\"id\":{},\"ID\":{},\"Type\":{}}}}}]")]
    [InlineData("\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"a\",\"schema\":{\"Type\":1,\"properties\":{\"Name\":{},\"name\":{}}}}}")]
    [InlineData("\"top_k\":4,\"Top-K\":5")]
    public async Task Names_that_are_the_clients_own_may_be_as_they_like(string extra)
    {
        var key = await service.CreateKeyAsync("\"models\":[\"good\"]");

        using var answer = await key.PostAsync($$"""{"model":"good",{{Hi}},{{extra}}}""");

        Assert.Equal(200, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData("POST", "/v1/runs", """{"steps":[{"template":"Hi","output_key":"a","Model":"bad"}]}""", "steps[0].Model")]
    [InlineData("POST", "/v1/runs", """{"Steps":[{"template":"Hi","output_key":"a"}]}""", "Steps")]
    [InlineData("POST", "/v1/runs", """{"steps":[{"template":"Hi","output_key":"a","MAX_TOKENS":1}]}""", "steps[0].MAX_TOKENS")]
    [InlineData("POST", "/v1/runs", """{"steps":[{"template":"Hi","output_key":"a","retry":{"Attempts":2}}]}""", "steps[0].retry.Attempts")]
    [InlineData("PUT", "/v1/chains/a", """{"steps":[{"template":"Hi","output_key":"a"}],"Max_Parallel":2}""", "Max_Parallel")]
    [InlineData("PUT", "/v1/templates/a", """{"template":"Hi","Template":"more"}""", "Template")]
    [InlineData("POST", "/v1/templates/summarize/render", """{"variables":{"text":"a"},"Variables":{}}""", "Variables")]
    [InlineData("POST", "/admin/keys", """{"name":"a","Models":["b"]}""", "Models")]
    [InlineData("POST", "/admin/keys", """{"name":"a","Tokens_Per_Minute":1}""", "Tokens_Per_Minute")]
    public async Task Other_bodies_know_their_names_as_they_are(string method, string path, string body, string param)
    {
        using var answer = await service.AdminAsync(new(method), path, body);

        Assert.Equal((400, param), ((int)answer.StatusCode, await ParamOf(answer)));
    }

    private async Task RefuseAsync(string body, string param)
    {
        var key = await service.CreateKeyAsync("\"models\":[\"good\"]");
        foreach (var path in new[] { "/v1/chat", "/v1/chat/completions" })
        {
            using var answer = await key.PostAsync(body, path);
            Assert.Equal((400, param), ((int)answer.StatusCode, await ParamOf(answer)));
        }
    }

    private static async Task<string?> ParamOf(HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetProperty("param").GetString();
}
