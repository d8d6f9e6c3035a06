/**
 * The messages of gnostic's OpenAPIv2.proto that our documents need, in the notation of fields.ts: `name#number:type`,
 * `#a.b` for a field b of a message a that JSON has inline. Extensions are texts of YAML, of which JSON is a part.
 */
export const gnosticText = `openapi.Any yaml#2:str
openapi.Document swagger#1:str,info#2:openapi.Info,paths#8.2:map<openapi.PathItem>,definitions#9.1:map<openapi.Schema>,parameters#10.1:map<openapi.Parameter>,security#12:[]openapi.SecurityRequirement,securityDefinitions#13.1:map<openapi.SecurityDefinition>
openapi.Info title#1:str,version#2:str
openapi.SecurityRequirement schemes#1:map<openapi.Texts>
openapi.Texts value#1:[]str
openapi.SecurityDefinition apiKey#2:openapi.ApiKey
openapi.ApiKey type#1:str,name#2:str,in#3:str,description#4:str
openapi.PathItem get#2:openapi.Operation,put#3:openapi.Operation,post#4:openapi.Operation,delete#5:openapi.Operation,patch#8:openapi.Operation,parameters#9:[]openapi.ParametersItem
openapi.Operation tags#1:[]str,operationId#5:str,produces#6:[]str,consumes#7:[]str,parameters#8:[]openapi.ParametersItem,responses#9.1:map<openapi.ResponseValue>,schemes#10:[]str,extensions#13:map<openapi.Any>
openapi.ResponseValue response#1:openapi.Response
openapi.Response description#1:str,schema#2.1:openapi.Schema
openapi.ParametersItem parameter#1:openapi.Parameter,reference#2.1:str
openapi.Parameter body#1:openapi.BodyParameter,query#2.3:openapi.QueryParameter,path#2.4:openapi.PathParameter
openapi.BodyParameter name#2:str,in#3:str,required#4:bool,schema#5:openapi.Schema
openapi.QueryParameter required#1:bool,in#2:str,description#3:str,name#4:str,type#6:str,uniqueItems#20:bool
openapi.PathParameter required#1:bool,in#2:str,description#3:str,name#4:str,type#5:str,uniqueItems#19:bool
openapi.Schema $ref#1:str,format#2:str,title#3:str,description#4:str,default#5:openapi.Any,multipleOf#6:f64,maximum#7:f64,exclusiveMaximum#8:bool,minimum#9:f64,exclusiveMinimum#10:bool,maxLength#11:i64,minLength#12:i64,pattern#13:str,maxItems#14:i64,minItems#15:i64,uniqueItems#16:bool,maxProperties#17:i64,minProperties#18:i64,required#19:[]str,enum#20:[]openapi.Any,additionalProperties#21.1:openapi.Schema,additionalAllowed#21.2:bool,type#22.1:str,items#23.1:openapi.Schema,properties#25.1:map<openapi.Schema>,example#30:openapi.Any,extensions#31:map<openapi.Any>
`;
